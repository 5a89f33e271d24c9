package madeup

import (
	"bytes"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Spell is an interval of a run in which one flow accepts and rejects so many messages.
type Spell struct {
	Series             sample.Series
	From, To           time.Duration // since the start of the run
	Accepted, Rejected int
	Refused            int   // connections
	Due                int64 // arrivals since the start of the run
}

// FromSpells returns a run of spells, one after the other, read back from its file as a page
// reads it. A message takes a millisecond, and a session is open except at the end and where
// connections were refused. windows are when stages were.
func FromSpells(tb testing.TB, plan *loadgen.Plan, spells []Spell, windows map[sample.Series][2]time.Duration) *record.Run {
	tb.Helper()
	n := len(plan.Flows)
	h := Header(plan)
	h.Environment = record.Environment{OS: "linux", Arch: "amd64", Cores: 2, Go: "go1.26.0", Version: "v0.1.0"}
	_, file := Recorded(tb, h, plan, spells[len(spells)-1].To, func(r sample.Recorder) {
		for s, w := range windows {
			r.Window(s, samples.At(w[0]), samples.At(w[1]))
		}
		due := make([]int64, n)
		for i := range spells {
			sp, last := &spells[i], i == len(spells)-1
			sp.record(r)
			for ; due[sp.Series.Flow] < sp.Due; due[sp.Series.Flow]++ {
				r.Late(sp.Series, 0)
			}
			tick := sample.Tick{From: samples.At(sp.From), To: samples.At(sp.To), Open: make([]int, n), Peak: make([]int, n), Due: make([]int64, n), Begun: make([]int64, n), Last: last}
			tick.Peak[sp.Series.Flow], tick.Due[sp.Series.Flow] = 1, sp.Due
			if !last && sp.Refused == 0 {
				tick.Open[sp.Series.Flow] = 1
			}
			r.Tick(tick)
		}
	})
	run, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

func (sp *Spell) record(r sample.Recorder) {
	for range sp.Accepted {
		r.Message(sp.Series, sample.Accepted, sp.Series.Stage, 1, 0)
		r.Service(sp.Series, sample.SpanMessage, time.Millisecond)
		r.Response(sp.Series, sample.SpanMessage, time.Millisecond)
	}
	for range sp.Rejected {
		r.Failure(sp.Series, &sample.Failure{Phase: sample.Rcpt, Class: sample.RelayDenied, Code: 554, Text: "Relay access denied"})
		r.Message(sp.Series, sample.Rejected, sp.Series.Stage, 0, 1)
	}
	for range sp.Refused {
		r.Failure(sp.Series, &sample.Failure{Phase: sample.Connect, Class: sample.Refused, Text: "connection refused"})
		r.Message(sp.Series, sample.Failed, sp.Series.Stage, 0, 0)
	}
}
