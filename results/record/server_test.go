package record

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func number(n int64) *int64 { return &n }

// look is what a server did in a second of a run.
func look(second int) *tally.ServerSample {
	start := sample.Instant(1_700_000_000_000_000_000).Add(time.Duration(second) * time.Second)
	return &tally.ServerSample{
		From: start, To: start.Add(time.Second), CPU: 300 * time.Millisecond, Cores: 2, Processes: 3, Memory: 1 << 20,
		Written: number(4096), Overflows: number(1), Drops: number(2), Queue: number(int64(second)),
	}
}

// TestServerLooks keeps what was seen of the server in the file, in each way of reading it.
func TestServerLooks(t *testing.T) {
	p := twoFlows(1)
	var file bytes.Buffer
	c, err := NewCollector(&file, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.ServerLooks(look(0))
	c.ServerLooks(look(1))
	c.Recorder(0).Tick(sample.Tick{From: look(0).From, To: look(1).To, Open: []int{0, 0}, Peak: []int{9, 0}, Refused: []int{5, 0}, Last: true})
	c.ServerLooks(look(2)) // after the load
	half := 0.5
	c.Answered(&tally.Answer{Query: "cpu", From: look(0).From, To: look(0).To, Value: &half})
	c.Answered(&tally.Answer{Query: "cpu", From: look(1).From, To: look(1).To, Missed: "no answer"})
	c.Answered(&tally.Answer{Query: "cpu"}) // says nothing
	run, err := c.Close(&sample.Report{}, generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	want := tally.Server{*look(0), *look(1), *look(2)}
	read := func(r *Run, err error) *Run {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, got := range map[string]tally.Server{
		"run": run.Server, "file": read(Read(bytes.NewReader(file.Bytes()))).Server, "totals": read(ReadTotals(bytes.NewReader(file.Bytes()))).Server,
	} {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for name, r := range map[string]*Run{"run": run, "file": read(Read(bytes.NewReader(file.Bytes()))), "totals": read(ReadTotals(bytes.NewReader(file.Bytes())))} {
		if n := r.LastGauge(0).Refused; n != 5 {
			t.Errorf("%s: others were refused with %d sessions open, want 5", name, n)
		}
		if got := r.Queries.Between("cpu", look(0).From, look(2).To, 0); got.Count != 1 || got.Missed != 1 || got.Max != half || got.Why != "no answer" {
			t.Errorf("%s: answers %+v", name, got)
		}
	}
	wrong := strings.Replace(file.String(), `"cpu_ns":300000000`, `"cpu_ns":-1`, 1)
	if _, err := Read(strings.NewReader(wrong)); err == nil || !strings.Contains(err.Error(), "the server has a figure of -1") {
		t.Errorf("a negative CPU time: %v", err)
	}
}
