package record

import (
	"io"
	"slices"
	"sync"

	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A folder writes a run's seconds as the intervals of its file, in order.
type folder struct {
	run    *Run
	out    *fileWriter
	folded *frame // the seconds that will be one interval of the file; nil if there are none
	number int64  // of the last second

	looks   sync.Mutex
	server  []*tally.ServerSample // to be taken, as the next
	answers []*tally.Answer
	seen    lookout // for whoever follows the run
}

// newFolder returns a folder of a run with that header. The file of an agent has every
// second of it: its coordinator is to have them at once, and puts them together.
func newFolder(w io.Writer, h Header) folder {
	return folder{run: newRun(h), out: &fileWriter{w: w, fine: h.Agent != nil}}
}

// fold takes the next second of the run, and writes the interval that ends with it, if one
// does. What a stage or a load begins or ends in is an interval by itself, so that the file
// says exactly what came before it and what came after.
func (o *folder) fold(f *frame) {
	// A wall clock that steps back takes neither of them back.
	f.number = max(o.number+1, f.number)
	f.to = max(f.from, f.to)
	o.number = f.number
	for i, g := range f.gauges {
		o.run.setGauge(i, g)
	}
	f.greetings = o.run.addGreetings(f.greetings)
	alone := o.out.fine || len(f.windows) > 0 || f.reached || o.begins(f)
	if o.folded != nil && (alone || !grain.Together(o.folded.number, f.number)) {
		o.write()
	}
	if o.folded == nil {
		o.folded = f
	} else {
		o.folded.join(f)
	}
	if alone || grain.Ends(f.number) {
		o.write()
	}
}

// begins tells whether the frame has the first samples of a series.
func (o *folder) begins(f *frame) bool {
	for s := range f.series {
		if o.run.totals[s] == nil && (o.folded == nil || o.folded.series[s] == nil) {
			return true
		}
	}
	return false
}

// write writes what has been folded, as an interval of the run.
func (o *folder) write() {
	f := o.folded
	if f == nil {
		return
	}
	o.folded = nil
	o.out.interval(f, &o.run.Header)
	o.out.stages(f, &o.run.Header)
	o.out.addresses(f.visits, &o.run.Header)
	o.out.greetings(f.greetings, &o.run.Header)
	o.takeServer()
	o.takeAnswers()
	_ = o.out.flush() // kept by the writer, for Close
	o.run.absorb(f)
}

// ServerLooks gives the run what was seen of the server; it is written with the next
// interval. It may be called from another goroutine, until Close.
func (o *folder) ServerLooks(s *tally.ServerSample) {
	o.seen.looks(s)
	o.looks.Lock()
	defer o.looks.Unlock()
	o.server = append(o.server, s)
}

// wide tells whether intervals have several seconds.
func (o *folder) wide() bool { return grain.Width(o.number) > 1 && !o.out.fine }

// takeServer writes what was seen of the server since it was called last: as one, if
// intervals have several seconds.
func (o *folder) takeServer() {
	o.looks.Lock()
	list := o.server
	o.server = nil
	o.looks.Unlock()
	if o.wide() && len(list) > 1 {
		sum := *list[0]
		for _, s := range list[1:] {
			sum.Join(s)
		}
		list = []*tally.ServerSample{&sum}
	}
	for _, s := range list {
		o.run.Server.Add(s)
		o.out.line(serverLine{serverType, *s})
	}
}

// Answered gives the run what a query said, as ServerLooks does. What Check refuses is
// left out: the file could not be read again.
func (o *folder) Answered(a *tally.Answer) {
	if a.Check() != nil {
		return
	}
	o.seen.answered(a)
	o.looks.Lock()
	defer o.looks.Unlock()
	o.answers = append(o.answers, a)
}

// takeAnswers writes what queries said since it was called last, as takeServer does.
func (o *folder) takeAnswers() {
	o.looks.Lock()
	list := o.answers
	o.answers = nil
	o.looks.Unlock()
	var lines []*answersLine
	for _, a := range list {
		next := a.Answers()
		i := slices.IndexFunc(lines, func(l *answersLine) bool { return l.Query == a.Query })
		if i >= 0 && o.wide() {
			lines[i].Join(&next)
		} else {
			lines = append(lines, &answersLine{answersType, a.Query, next})
		}
	}
	for _, l := range lines {
		o.run.Queries.Put(l.Query, &l.Answers)
		o.out.line(l)
	}
}
