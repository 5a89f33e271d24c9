package figures

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

const (
	// A sample out of a thousand without a stamp is noise; more is a mixed clock.
	unstampedNote = 0.001
	// Writing may take a second's turn. More means that the collector got too
	// little of the cores, or the disk of its time.
	behindNote = 2 * time.Second
)

// verdict says whether the figures may be believed. What decides and is not
// known decides against them; where a system never tells it, it is a note.
func validityOf(r *record.Run, res *Result) Validity {
	v := Validity{Reasons: []string{}, Notes: []string{}}
	for name, f := range res.FlowsInOrder() {
		if f.Messages.Answered() == 0 {
			v.bad("nothing measured: flow %s had no message answered%s", name, mostFrequent(f.Errors))
		}
	}
	if r.Closing != nil && r.Closing.Lost != "" {
		v.bad("target lost: %s", r.Closing.Lost)
	}
	if res.Partial {
		where := ""
		if r.Damage() != "" {
			where = " (" + r.Damage() + ")"
		}
		v.bad("partial: the run file has lost its end%s: nothing tells whether the cores were free and the clock held; figures are of what is there", where)
	}
	v.generatorBound(res)
	v.unknown(r, res)
	if res.Interrupted {
		v.note("interrupted: the run was ended before its time")
	}
	if longest := r.LongestGap(); longest > 0 {
		v.note("merged: the runs did not overlap for up to %s, which counts for no rate; peaks are added up all the same", human.Duration(longest))
	}
	if err := r.Unwritten(); err != nil {
		v.note("the run file is not whole: %v; these figures are of the whole run, and stand nowhere else", err)
	}
	if r.Closing != nil && r.Closing.Behind >= behindNote {
		v.note("the run file fell %s behind: the cores or the disk were busy with something else; some intervals are longer than a second, and a run killed then would have lost as much",
			human.Duration(r.Closing.Behind))
	}
	v.notBegun(res)
	v.Valid = len(v.Reasons) == 0
	return v
}

func (v *Validity) bad(format string, args ...any) {
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
}

func (v *Validity) note(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// unknown says which evidence there is not.
func (v *Validity) unknown(r *record.Run, res *Result) {
	g, timed := &res.Generator, false
	if r.Closing != nil && (g.Free == nil || r.Closing.Generator.FreeUnsure) {
		v.note("free cores: nothing tells whether something else kept the generator's cores busy")
	}
	for name, f := range res.FlowsInOrder() {
		if f.Load == sample.OpenLoad && f.Late == nil && f.Messages.Answered() > 0 {
			v.bad("generator-bound or not: nothing tells whether the arrivals of flow %s began in time", name)
		}
		timed = timed || f.Phase(sample.SpanMessage) != nil
		if n := f.clamped(); n > 0 {
			v.note("out of range: %s of flow %s are shorter than 0 or longer than %s, and counted as that",
				human.CountOf(n, "time"), name, human.Duration(time.Duration(histogram.HighestValue)))
		}
	}
	switch s := g.UnstampedShare; {
	case s > unstampedNote:
		v.note("clock %s: %.1f %% of replies had no kernel stamp and are timed by the user clock, with the generator's delay in them", res.Clock, 100*s)
	case g.Delay == nil && s == 0 && timed:
		v.note("clock unknown: nothing tells whose clock the replies were timed by")
	}
	if g.Own == nil && timed {
		v.note("own delay: nothing tells how much of message time was the generator's own")
	}
}

func (f *Flow) clamped() int64 {
	var n int64
	for _, p := range f.Phases {
		for _, d := range []*Distribution{p.Service, p.Response, p.Lag} {
			if d != nil {
				n += d.Clamped
			}
		}
	}
	return n
}

func mostFrequent(list []tally.FailureCount) string {
	if len(list) == 0 {
		return ""
	}
	e := list[0]
	return fmt.Sprintf("; most often %s at %s: %s", e.Class, e.Phase, e.Example)
}

// notBegun says where an open load asked for more than could begin.
func (v *Validity) notBegun(res *Result) {
	for name, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			if f.Load == sample.OpenLoad && e.Class == sample.Canceled.String() && e.Phase == sample.SpanMessage.String() {
				v.note("overload: %d arrivals of flow %s never began; its response times are lower bounds", e.Count, name)
			}
		}
	}
}
