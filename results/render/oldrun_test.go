package render_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

// stored reads a run file of an earlier version. Those in results/record/testdata/runs are
// never written again.
func stored(t *testing.T, name string) *record.Run {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "record", "testdata", "runs", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := record.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return run
}

func TestOldRunFilesSayWhatTheySaid(t *testing.T) {
	for _, c := range []struct {
		file, flow string
		accepted   int64
		p50        time.Duration
		rounds     int
	}{
		{"before.jsonl", "relay", 15, 5406719, 5},
		{"after.jsonl", "relay", 15, 54329343, 5},
		{"ports.jsonl", "arrivals", 98, 455679, 2},
		{"ports.jsonl", "pipelined", 40, 142335, 2},
		{"ports.jsonl", "submission", 40, 258559, 2},
	} {
		f := figures.Of(stored(t, c.file)).Flows[c.flow]
		if f == nil || f.Messages.Accepted != c.accepted || len(f.Rounds) != c.rounds {
			t.Errorf("%s, %s: %+v", c.file, c.flow, f)
			continue
		}
		if got := f.Phase(sample.SpanMessage).Service.P50; got != c.p50 {
			t.Errorf("%s, %s: p50 %v, want %v", c.file, c.flow, got, c.p50)
		}
	}
	r := figures.Of(stored(t, "ports.jsonl"))
	if r.Partial || r.Verdict.Valid || len(r.Verdict.Reasons) != 2 || len(r.Thresholds) != 2 || !r.Thresholds[0].OK {
		t.Errorf("partial %v, verdict %+v, thresholds %+v", r.Partial, r.Verdict, r.Thresholds)
	}
}

func TestOldRunFilesAreShownAndCompared(t *testing.T) {
	for _, name := range []string{"before.jsonl", "after.jsonl", "ports.jsonl"} {
		for _, format := range render.Runs.Names() {
			if err := render.Runs.Write(io.Discard, format, []*record.Run{stored(t, name)}, render.Options{All: true}); err != nil {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
	}
	before, after := stored(t, "before.jsonl"), stored(t, "after.jsonl")
	c, err := compare.Compare([]*record.Run{before}, []*record.Run{after}, compare.Options{Metrics: []string{"message.p50"}})
	if err != nil || len(c.Rows) != 1 || c.Rows[0].Verdict != stats.Worse {
		t.Errorf("%+v, %v", c, err)
	}
	ports := stored(t, "ports.jsonl")
	if _, err := compare.CompareFlows([]*record.Run{ports}, "plain", "submission", compare.Options{}); err != nil {
		t.Error(err)
	}
}
