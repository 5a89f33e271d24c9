package results_test

import (
	"fmt"
	"os"

	"github.com/smtpgauge/smtpgauge/results"
)

func ExampleCompare() {
	var runs []*results.Run
	for _, name := range []string{"before.jsonl", "after.jsonl"} {
		file, err := os.Open("testdata/runs/" + name)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer file.Close()
		run, err := results.Read(file)
		if err != nil {
			fmt.Println(err)
			return
		}
		runs = append(runs, run)
	}
	comparison, err := results.Compare(runs[:1], runs[1:], results.CompareOptions{Metrics: []string{"message.p50"}})
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
