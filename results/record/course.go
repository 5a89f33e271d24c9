package record

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// How many intervals of a run are kept before its seconds are put together: of one
// series, more than a page draws or a bootstrap has use for; and of all series.
const (
	maxKeptOfSeries = 2048
	maxKept         = 16384
)

// A course takes the intervals of a run as they come, and keeps no more of them
// than the bounds allow: it puts seconds together in twos, fours and so on. All its
// intervals are as long as the longest, also if the file has shorter ones.
type course struct {
	run   *Run
	width int64                 // seconds of an interval
	last  map[sample.Series]int // each one's last interval
	first int64                 // the lowest number
	most  int                   // intervals before there are too many
	keep  [][]tally.Slot        // by flow: the histograms that are kept
}

func newCourse(r *Run) *course {
	return &course{run: r, width: 1, last: map[sample.Series]int{}, most: maxKept, keep: make([][]tally.Slot, len(r.Header.Flows))}
}

// keepMessageTimes lets the course keep the histograms of messages too.
func (c *course) keepMessageTimes() {
	for i := range c.keep {
		c.keep[i] = []tally.Slot{tally.SlotOf(sample.SpanMessage, sample.Service)}
		if c.run.Header.Flows[i].Load() == sample.OpenLoad {
			c.keep[i] = append(c.keep[i], tally.SlotOf(sample.SpanMessage, sample.Response))
		}
	}
}

// add takes an interval, whose histograms are still as its line has them, and which the
// file has as one of so many seconds.
func (c *course) add(i Interval, width int64, histograms lineHistograms) error {
	list := &c.run.Intervals
	for c.width < width {
		if err := c.widen(); err != nil {
			return err
		}
	}
	i.Errors = tally.AddClasses(nil, i.Errors)
	if len(*list) == 0 {
		c.first = i.Number
	}
	c.first = min(c.first, i.Number)
	i.Number = c.begin(i.Number)
	for _, s := range c.keep[i.Flow] {
		encoded := histograms.of(s)
		if len(encoded) == 0 {
			continue
		}
		if c.width == 1 {
			i.keep(s, string(encoded))
		} else if err := c.target(&i).time(s).Decode(encoded, histogram.MaxInterval); err != nil {
			return err
		}
	}
	if err := c.put(list, i); err != nil {
		return err
	}
	for len(*list) > c.most || (i.Number-c.first)/c.width >= maxKeptOfSeries {
		if err := c.widen(); err != nil {
			return err
		}
		// A run of more series than that has an interval of each all the same.
		c.most = max(maxKept, 2*len(*list))
	}
	return nil
}

// begin is the first second of the interval that has second n.
func (c *course) begin(n int64) int64 { return (n-1)/c.width*c.width + 1 }

// target is the interval that i is to be put together with, or i.
func (c *course) target(i *Interval) *Interval {
	if at, ok := c.last[i.series()]; ok && c.width > 1 && c.run.Intervals[at].Number == i.Number {
		return &c.run.Intervals[at]
	}
	return i
}

// put adds an interval to the list, or to the one in it that has the same time.
func (c *course) put(list *[]Interval, i Interval) error {
	if at, ok := c.last[i.series()]; ok && c.width > 1 && (*list)[at].Number == i.Number {
		return (*list)[at].add(&i)
	}
	c.last[i.series()] = len(*list)
	*list = append(*list, i)
	return nil
}

// widen puts twice as many seconds together.
func (c *course) widen() error {
	c.width *= 2
	clear(c.last)
	list := c.run.Intervals[:0]
	for _, i := range c.run.Intervals {
		i.Number = c.begin(i.Number)
		if err := c.put(&list, i); err != nil {
			return err
		}
	}
	clear(c.run.Intervals[len(list):])
	c.run.Intervals, c.run.width = list, c.width
	return nil
}

// widened are copies of a run's intervals, made as many seconds long as those of
// the runs that they are merged with. The run stays as it is.
func widened(width int64, r *Run) ([]Interval, error) {
	if max(1, r.width) == width {
		return slices.Clone(r.Intervals), nil
	}
	copied := &Run{Header: r.Header}
	for i := range r.Intervals {
		copied.Intervals = append(copied.Intervals, r.Intervals[i].clone())
	}
	c := newCourse(copied)
	for c.width = max(1, r.width); c.width < width; {
		if err := c.widen(); err != nil {
			return nil, err
		}
	}
	return copied.Intervals, nil
}
