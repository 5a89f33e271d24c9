package record

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// fold takes the next second of the run, and writes the interval that ends with it, if one
// does. What a stage or a load begins or ends in is an interval by itself, so that the file
// says exactly what came before it and what came after.
func (c *Collector) fold(f *frame) {
	// A wall clock that steps back takes neither of them back.
	f.number = max(c.number+1, f.number)
	f.to = max(f.from, f.to)
	c.number = f.number
	for i, g := range f.gauges {
		c.run.setGauge(i, g)
	}
	f.greetings = c.run.addGreetings(f.greetings)
	alone := len(f.windows) > 0 || f.reached || c.begins(f)
	if c.folded != nil && (alone || !grain.Together(c.folded.number, f.number)) {
		c.write()
	}
	if c.folded == nil {
		c.folded = f
	} else {
		c.folded.join(f)
	}
	if alone || grain.Ends(f.number) {
		c.write()
	}
}

// begins tells whether the frame has the first samples of a series.
func (c *Collector) begins(f *frame) bool {
	for s := range f.series {
		if c.run.totals[s] == nil && (c.folded == nil || c.folded.series[s] == nil) {
			return true
		}
	}
	return false
}

// write writes what has been folded, as an interval of the run.
func (c *Collector) write() {
	f := c.folded
	if f == nil {
		return
	}
	c.folded = nil
	c.out.interval(f, &c.run.Header)
	c.out.stages(f, &c.run.Header)
	c.out.addresses(f.visits, &c.run.Header)
	c.out.greetings(f.greetings, &c.run.Header)
	c.takeServer(grain.Width(f.number))
	c.takeAnswers(grain.Width(f.number))
	_ = c.out.flush() // kept by the writer, for Close
	c.run.absorb(f)
}

// ServerLooks gives the run what was seen of the server; it is written with the next
// interval. It may be called from another goroutine, until Close.
func (c *Collector) ServerLooks(s *tally.ServerSample) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = append(c.server, s)
}

// takeServer writes what was seen of the server since it was called last: as one, if
// intervals have several seconds.
func (c *Collector) takeServer(width int64) {
	c.mu.Lock()
	list := c.server
	c.server = nil
	c.mu.Unlock()
	if width > 1 && len(list) > 1 {
		sum := *list[0]
		for _, s := range list[1:] {
			sum.Join(s)
		}
		list = []*tally.ServerSample{&sum}
	}
	for _, s := range list {
		c.run.Server.Add(s)
		c.out.line(serverLine{serverType, *s})
	}
}

// Answered gives the run what a query said, as ServerLooks does. What Check refuses is
// left out: the file could not be read again.
func (c *Collector) Answered(a *tally.Answer) {
	if a.Check() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = append(c.answers, a)
}

// takeAnswers writes what queries said since it was called last, as takeServer does.
func (c *Collector) takeAnswers(width int64) {
	c.mu.Lock()
	list := c.answers
	c.answers = nil
	c.mu.Unlock()
	var lines []*answersLine
	for _, a := range list {
		next := a.Answers()
		i := slices.IndexFunc(lines, func(l *answersLine) bool { return l.Query == a.Query })
		if i >= 0 && width > 1 {
			lines[i].Join(&next)
		} else {
			lines = append(lines, &answersLine{answersType, a.Query, next})
		}
	}
	for _, l := range lines {
		c.run.Queries.Put(l.Query, &l.Answers)
		c.out.line(l)
	}
}
