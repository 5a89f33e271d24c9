package record

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// ramp is a run of a load that outgrows its server in the third of four stages, and its
// file.
func ramp(t *testing.T) (*Run, []byte) {
	t.Helper()
	p := samples.Ramp{Rates: []int{20, 40, 80, 30}, Each: 3, Capacity: 50}
	var file bytes.Buffer
	c, err := NewCollector(&file, testHeader(p.Plan()), p.Plan(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Feed(patient{c.recorders[0]})
	run, err := c.Close(samples.Report(), generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	return run, file.Bytes()
}

// stageCounts are the messages attempted, the arrivals due, and the messages accepted
// meanwhile, of each stage.
func stageCounts(r *Run, flow int) (attempted, due, inWindow []int64) {
	for _, t := range r.StageTotals(flow) {
		attempted = append(attempted, t.Messages().Attempted)
		due = append(due, t.Hists[tally.LateSlot].Count())
		inWindow = append(inWindow, t.InWindow)
	}
	return attempted, due, inWindow
}

func TestStagesAddUpToTheFlow(t *testing.T) {
	run, file := ramp(t)
	read, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	totals, err := ReadTotals(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(file[:len(file)-1], '\n')
	killed, err := ReadTotals(bytes.NewReader(file[:last])) // without the closing line
	if err != nil || !killed.Partial() {
		t.Fatalf("%v, partial %v", err, killed.Partial())
	}
	for name, r := range map[string]*Run{"the run": run, "its file": read, "the totals of its file": totals, "a file without its end": killed} {
		attempted, due, inWindow := stageCounts(r, 0)
		if want := []int64{60, 120, 240, 90}; !slices.Equal(attempted, want) || !slices.Equal(due, want) {
			t.Errorf("%s: %d attempted, %d due, want %d of both", name, attempted, due, want)
		}
		if want := []int64{60, 120, 150, 150}; !slices.Equal(inWindow, want) {
			t.Errorf("%s: %d accepted while the stages lasted, want %d", name, inWindow, want)
		}
		sum := tally.NewTotal()
		for _, s := range r.StageTotals(0) {
			sum.Add(s)
		}
		all := r.FlowTotal(0, sample.Steady)
		message := tally.SlotOf(sample.SpanMessage, sample.Response)
		if sum.Counts != all.Counts || string(sum.Hists[message].Encode()) != string(all.Hists[message].Encode()) {
			t.Errorf("%s: the stages come to %+v, the flow to %+v", name, sum.Counts, all.Counts)
		}
		if !slices.Equal(r.Backlog(0), run.Backlog(0)) {
			t.Errorf("%s: backlog %v, want %v", name, r.Backlog(0), run.Backlog(0))
		}
	}
	var waiting []int64
	for _, w := range run.Backlog(0) {
		waiting = append(waiting, w.Arrivals)
	}
	if want := []int64{0, 0, 0, 0, 0, 0, 30, 60, 90, 70, 50, 30, 0}; !slices.Equal(waiting, want) {
		t.Errorf("waiting %d, want %d", waiting, want)
	}
}

func TestStagesMerge(t *testing.T) {
	a, _ := ramp(t)
	b, _ := ramp(t)
	merged, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	attempted, _, _ := stageCounts(merged, 0)
	if want := []int64{120, 240, 480, 180}; !slices.Equal(attempted, want) {
		t.Errorf("%d attempted, want %d", attempted, want)
	}
	most := int64(0)
	for _, w := range merged.Backlog(0) {
		most = max(most, w.Arrivals)
	}
	if most != 180 {
		t.Errorf("at most %d wait, want 180", most)
	}
}

// A load of one stage is all that its flow is.
func TestLoadOfOneStageHasNoStages(t *testing.T) {
	run, file := collect(t, 1, nil)
	if run.StageTotals(1) != nil || bytes.Contains(file, []byte(`{"type":"stage`)) {
		t.Errorf("stages %v", run.StageTotals(1))
	}
}

func TestHostileStagesAreRefused(t *testing.T) {
	_, file := ramp(t)
	for _, c := range []struct{ old, new, want string }{
		{`"load_stage":1`, `"load_stage":5`, "stage 5 of the load of flow submit, want 1 to 4"},
		{`"load_stage":1`, `"load_stage":0`, "stage 0"},
		{`"load_stage":1`, `"load_stage":1,"stage":"warmup"`, "stage 1 of the load"},
		{`"in_window":20`, fmt.Sprintf(`"in_window":%d`, int64(histogram.MaxInterval)+1), "a count of"},
	} {
		at := bytes.Index(file, []byte(`{"type":"stage"`))
		hostile := string(file[:at]) + strings.Replace(string(file[at:]), c.old, c.new, 1)
		if _, err := Read(strings.NewReader(hostile)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	hostile := strings.Replace(string(file), `"for_ns":3000000000`, `"for_ns":-3`, 1)
	if _, err := Read(strings.NewReader(hostile)); err == nil || !strings.Contains(err.Error(), "lasts -3 ns") {
		t.Errorf("a stage of a negative length: %v", err)
	}
}
