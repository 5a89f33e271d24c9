package render

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func FuzzRead(f *testing.F) {
	p := samples.TwoFlows(1)
	h := madeup.Header(p)
	h.Thresholds = []criteria.Threshold{{Expr: "closed.message.p99 < 5ms"}, {Expr: "open.unknown < 1"}}
	_, file := madeup.Recorded(f, h, p, 3100*time.Millisecond, func(r sample.Recorder) { samples.Feed(r, 0) })
	f.Add(file)
	lines := bytes.SplitAfter(file, []byte("\n"))
	for i := range lines {
		f.Add(append(bytes.Clone(lines[0]), lines[i]...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := record.Read(bytes.NewReader(b))
		course, courseErr := record.ReadCourse(bytes.NewReader(b))
		if err != nil {
			if courseErr == nil {
				t.Errorf("what is refused whole is taken within bounds: %v", err)
			}
			return
		}
		res := figures.Of(run)
		if courseErr == nil && marshal(t, res) != marshal(t, figures.Of(course)) {
			t.Error("the figures within bounds are others")
		}
		for name, flow := range res.Flows {
			m := flow.Messages
			if m.Attempted != m.Accepted+m.Rejected+m.Failed+m.Unknown {
				t.Errorf("flow %s: outcomes do not add up: %+v", name, m)
			}
		}
		if _, err := json.Marshal(res); err != nil {
			t.Error(err)
		}
		// A format each, since all of them at a time are slow. Some refuse a run
		// without figures; none may panic.
		_ = Runs.Write(io.Discard, Runs.Names()[len(b)%len(Runs.Names())], []*record.Run{run}, Options{})
	})
}
