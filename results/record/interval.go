package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// An Interval is a flow's part of one second of a run, as the run file has it. Its
// histograms stay encoded until they are asked for. In a long run that ReadTotals or
// ReadCourse read, it is several seconds put together.
type Interval struct {
	Flow, Round int // Round from 0
	Stage       sample.Stage
	Number      int64 // seconds since the start of the run, from 1; the first of several
	From, To    sample.Instant
	Open        int   // sessions open at the end of the interval; the most of several
	Due         int64 // arrivals since the run began; open load only
	Accepted    int64
	Messages    [sample.NumOutcomes]int64
	Errors      []tally.FailureCount // of several seconds, by phase and class alone
	Busy        float64              // CPU time of the generator's busiest shard, as a share of the interval

	Spent      float64 // nanoseconds, as tally.Total.Spent
	Missing    int     // agents of a fleet that have no part in it, and should; the most of several
	Generator  int     // which of several whose runs were merged, from 0
	histograms map[string]string
	times      map[tally.Slot]*histogram.Histogram // of several seconds, in place of histograms
}

func (r *Run) newInterval(l *intervalLine, s sample.Series) Interval {
	return Interval{
		Flow: s.Flow, Round: s.Round, Stage: s.Stage, Number: l.Number, From: l.From, To: l.To, Open: l.Gauge.Open, Due: l.Gauge.Due,
		Accepted: l.InWindow, Messages: l.Outcomes, Errors: l.Errors, Busy: l.Busy, Spent: l.Spent, Missing: l.Missing,
	}
}

func (i *Interval) series() sample.Series {
	return sample.Series{Flow: i.Flow, Round: i.Round, Stage: i.Stage}
}

// Length is how long the interval lasted.
func (i *Interval) Length() time.Duration { return i.To.Sub(i.From) }

// Histogram returns the interval's times of a phase; nil if there are none. The
// error says that the file's bytes are no histogram.
func (i *Interval) Histogram(phase sample.Phase, part sample.Part) (*histogram.Histogram, error) {
	return i.HistogramAt(tally.SlotOf(phase, part))
}

// HistogramAt returns the interval's histogram in a slot, as Histogram does.
func (i *Interval) HistogramAt(s tally.Slot) (*histogram.Histogram, error) {
	if h := i.times[s]; h != nil {
		return h, nil
	}
	encoded := i.histograms[s.Name()]
	if encoded == "" {
		return nil, nil
	}
	return histogram.Decode(encoded)
}

// add adds another interval of the same series.
func (i *Interval) add(next *Interval) error {
	i.Busy = (i.Busy*float64(i.Length()) + next.Busy*float64(next.Length())) / max(1, float64(i.Length()+next.Length()))
	i.From, i.To, i.Open = min(i.From, next.From), max(i.To, next.To), max(i.Open, next.Open)
	i.Due, i.Missing = max(i.Due, next.Due), max(i.Missing, next.Missing)
	i.Accepted += next.Accepted
	for o, n := range next.Messages {
		i.Messages[o] += n
	}
	i.Errors = tally.AddClasses(i.Errors, next.Errors)
	i.Spent += next.Spent
	if err := i.decode(); err != nil {
		return err
	}
	for name, encoded := range next.histograms {
		if err := i.time(tally.SlotsByName[name]).Decode([]byte(encoded), histogram.MaxInterval); err != nil {
			return err
		}
	}
	for s, h := range next.times {
		i.time(s).Merge(h)
	}
	return nil
}

// decode moves the histograms to times.
func (i *Interval) decode() error {
	for name, encoded := range i.histograms {
		if err := i.time(tally.SlotsByName[name]).Decode([]byte(encoded), histogram.MaxInterval); err != nil {
			return err
		}
	}
	i.histograms = nil
	return nil
}

// keep keeps an encoded histogram.
func (i *Interval) keep(s tally.Slot, encoded string) {
	if i.histograms == nil {
		i.histograms = map[string]string{}
	}
	i.histograms[s.Name()] = encoded
}

// time is the histogram of a slot, made if there is none, to add others to.
func (i *Interval) time(s tally.Slot) *histogram.Histogram {
	if i.times == nil {
		i.times = map[tally.Slot]*histogram.Histogram{}
	}
	if i.times[s] == nil {
		i.times[s] = histogram.New()
	}
	return i.times[s]
}

// clone is a copy that add may change without changing i.
func (i Interval) clone() Interval {
	times := i.times
	i.Errors, i.times = tally.AddClasses(nil, i.Errors), nil
	for s, h := range times {
		i.time(s).Merge(h)
	}
	return i
}
