package charts

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A stretch is a round of a flow, with what drained after it.
type stretch struct {
	flow, round int
	begin       sample.Instant // of the warm-up, or of the load
	steady      sample.Instant // when the warm-up was over; begin without one
	loaded      sample.Instant // when the load was over
	end         sample.Instant // when all had ended
	first       int64          // the number of the first interval
	seen        record.Window  // what the intervals are of
}

type stretchKey struct{ flow, round int }

// stretchesOf are the rounds of flows of which there are intervals. A run that has lost
// its windows lasted as long as its intervals.
func stretchesOf(r *record.Run) map[stretchKey]*stretch {
	all := map[stretchKey]*stretch{}
	for i := range r.Intervals {
		in := &r.Intervals[i]
		key := stretchKey{in.Flow, in.Round}
		s := all[key]
		if s == nil {
			s = &stretch{flow: in.Flow, round: in.Round, first: in.Number, seen: record.Window{From: in.From, To: in.To}}
			all[key] = s
		}
		s.first = min(s.first, in.Number)
		s.seen = record.Window{From: min(s.seen.From, in.From), To: max(s.seen.To, in.To)}
	}
	for key, s := range all {
		window := func(stage sample.Stage) record.Window {
			return r.Window(sample.Series{Flow: key.flow, Round: key.round, Stage: stage})
		}
		s.place(window(sample.Warmup), window(sample.Steady), window(sample.Drain))
	}
	return all
}

func (s *stretch) place(warmup, steady, drain record.Window) {
	s.begin, s.steady, s.loaded, s.end = s.seen.From, s.seen.From, s.seen.To, s.seen.To
	if warmup.Length() > 0 {
		s.begin, s.steady = warmup.From, warmup.To
	}
	if steady.Length() > 0 {
		if warmup.Length() <= 0 {
			s.begin = steady.From
		}
		s.steady, s.loaded = steady.From, steady.To
	}
	if drain != (record.Window{}) {
		s.end = drain.To
	}
	s.end = max(s.end, s.loaded)
}

// part is how much of a window lies between two instants.
func part(w record.Window, from, to sample.Instant) time.Duration {
	return w.Common(record.Window{From: from, To: to})
}

// length is how long the stretch is on its own time.
func (s *stretch) length() time.Duration { return max(0, s.end.Sub(s.begin)) }
