package compare_test

import (
	"fmt"
	"os"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
)

func ExampleCompare() {
	var runs []*record.Run
	for _, name := range []string{"before.jsonl", "after.jsonl"} {
		file, err := os.Open("../record/testdata/runs/" + name)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer file.Close()
		run, err := record.Read(file)
		if err != nil {
			fmt.Println(err)
			return
		}
		runs = append(runs, run)
	}
	comparison, err := compare.Compare(runs[:1], runs[1:], compare.Options{Metrics: []string{"message.p50"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range comparison.Rows {
		fmt.Println(row.Flow, row.Metric, row.Verdict)
	}
	// Output:
	// relay message.p50 worse
}
