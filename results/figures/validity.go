package figures

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

const (
	// One reply in a thousand without a stamp is usual; more is worth a note.
	unstampedNote = 0.001
	// Writing may be a second behind. More means that the collector got too little
	// of the cores, or the disk was too slow.
	behindNote = 2 * time.Second
)

// validityOf says whether the figures may be believed. If evidence that decides is
// missing, they may not; if a system never has that evidence, it is a note.
func validityOf(r *record.Run, res *Result) Validity {
	v := Validity{Reasons: []string{}, Notes: []string{}}
	if res.NotLoaded != "" {
		return v // there are no figures
	}
	if res.Partial {
		where := ""
		if r.Damage() != "" {
			where = " (" + r.Damage() + ")"
		}
		v.addReason("partial: the run file has lost its end%s, so it is unknown whether the cores were free and the clock was steady; the figures are of what is left", where)
	}
	if a := r.Astray(); a != "" {
		v.addReason("run file: %s: lines of it are missing, or not as they were written, and with them what shows whether the generator kept up", a)
	}
	v.checkAgents(r, res)
	v.checkGenerator(res)
	v.noteUnknown(r, res)
	v.noteUnseen(r)
	if res.Interrupted {
		v.addNote("interrupted: its user ended the run early")
	}
	if res.Deserted {
		v.addNote("coordinator lost: it fell silent, so the agents ended the run early")
	}
	if longest := r.LongestGap(); longest > 0 {
		v.addNote("merged: the runs did not overlap for up to %s; rates leave that time out, and peaks are added up all the same", human.Duration(longest))
	}
	if err := r.Unwritten(); err != nil {
		v.addNote("the run file is not whole: %v; these figures are of the whole run, and are kept nowhere else", err)
	}
	if r.Closing != nil && r.Closing.Behind >= behindNote {
		v.addNote("the run file fell %s behind: the cores or the disk were busy with something else; some intervals are longer than a second, and a run killed then would have lost as much",
			human.Duration(r.Closing.Behind))
	}
	v.noteNotBegun(res)
	v.noteDeadAddresses(res)
	return v
}

func (v *Validity) addReason(format string, args ...any) {
	v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...))
}

func (v *Validity) addNote(format string, args ...any) {
	v.Notes = append(v.Notes, fmt.Sprintf(format, args...))
}

// noteUnknown notes which evidence is missing.
func (v *Validity) noteUnknown(r *record.Run, res *Result) {
	g, timed := &res.Generator, false
	if r.Closing != nil && (g.Free == nil || r.Closing.Generator.FreeUnsure) {
		v.addNote("free cores: unknown, so something else may have kept the generator's cores busy")
	}
	for name, f := range res.FlowsInOrder() {
		if f.Load == sample.OpenLoad && f.Late == nil && f.Messages.Answered() > 0 {
			v.addReason("generator-bound or not: it is unknown whether the arrivals of flow %s began in time", name)
		}
		timed = timed || f.Phase(sample.SpanMessage) != nil
		if n := f.clamped(); n > 0 {
			v.addNote("out of range: %s of flow %s are shorter than 0 or longer than %s, and counted as that",
				human.CountOf(n, "time"), name, human.Duration(time.Duration(histogram.HighestValue)))
		}
	}
	switch s := g.UnstampedShare; {
	case s > unstampedNote:
		v.addNote("clock %s: %.1f %% of replies had no kernel stamp and are timed by the user clock, with the generator's delay in them", res.Clock, 100*s)
	case g.Delay == nil && s == 0 && timed && res.Clock != sample.KernelClock.String():
		v.addNote("clock unknown: the run file does not say which clock timed the replies")
	}
	if g.Own == nil && timed {
		v.addNote("own delay: it is unknown how much of message time was the generator's own")
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

// noteDeadAddresses notes the addresses that took no connection while others did.
func (v *Validity) noteDeadAddresses(res *Result) {
	for name, t := range res.TargetsInOrder() {
		if dead := t.dead(); len(dead) > 0 {
			v.addNote("addresses: %d of %d of flow %s took no connection, and the others had their sessions: %s",
				len(dead), len(t.Addresses), name, listOf(dead))
		}
	}
}

// noteNotBegun notes the flows whose open load had more arrivals than could begin.
func (v *Validity) noteNotBegun(res *Result) {
	for name, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			if f.Load == sample.OpenLoad && e.Class == sample.Canceled.String() && e.Phase == sample.SpanMessage.String() {
				v.addNote("overload: %d arrivals of flow %s never began; its response times are lower bounds", e.Count, name)
			}
		}
	}
}
