package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/lines"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Read reads a run file. A file that has lost its end is read as far as it
// goes, and the run is Partial; anything else that is wrong is an error that
// names the line.
//
// Read keeps all that the file has; ReadTotals is for long runs.
func Read(r io.Reader) (*Run, error) { return fileReader{}.readAll(r) }

func (f fileReader) readAll(r io.Reader) (*Run, error) {
	f.lines = lines.NewReader(r)
	return f.read()
}

func (f *fileReader) read() (*Run, error) {
	first, err := f.lines.Next()
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, errors.New("an empty file is not a run file")
	}
	if err := f.header(first); err != nil {
		return nil, f.lines.At(err)
	}
	for {
		line, err := f.lines.Next()
		if err != nil {
			return nil, err
		}
		if line == nil {
			if f.run.Partial() {
				f.run.damaged = fmt.Sprintf("it ends after line %d", f.lines.Number())
			}
			return f.end()
		}
		if err := f.line(line); err != nil {
			if !f.lines.Whole() { // that is no error
				f.run.damaged = fmt.Sprintf("line %d is cut, and what it said is lost", f.lines.Number())
				return f.end()
			}
			return nil, f.lines.At(err)
		}
	}
}

// IsRunFile tells whether r begins as a run file does. It reads a few bytes of r.
func IsRunFile(r io.Reader) bool {
	start := make([]byte, len(fileStart))
	_, err := io.ReadFull(r, start)
	return err == nil && string(start) == fileStart
}

// fileStart is what every run file begins with.
const fileStart = `{"type":"` + headerType + `","format":"` + FileFormat + `"`

type fileReader struct {
	lines      *lines.Reader
	run        *Run
	totals     map[sample.Series]*tally.Total // from the end of the file
	stages     map[sample.Series]*tally.Total // likewise
	intervals  intervalSums
	lastNumber int64 // the interval of the last line

	bounded bool    // intervals are kept by course, not as they are
	times   bool    // the course keeps the times of messages
	course  *course // nil unless bounded
	costs   bool    // are needed, also from files that do not say what was spent

	// The totals of a file that has lost its end are those of its intervals. They
	// are added up as they pass if that is known before; otherwise at the end, from
	// the lines stored.
	summing bool
	stored  []intervalLine
	seen    map[sample.Series]Window // the time of the intervals added up
}

func (f *fileReader) header(line []byte) error {
	h, err := readHeader(line)
	if err != nil {
		return err
	}
	if h.Agent != nil {
		h.Started = h.common(sample.Instant(h.Started.UnixNano())).Time().UTC()
	}
	f.run = newRun(h)
	f.totals, f.stages = map[sample.Series]*tally.Total{}, map[sample.Series]*tally.Total{}
	f.costs = h.Baseline != "" && h.Rounds == 1
	if f.bounded {
		f.course = newCourse(f.run)
		if f.times {
			f.course.keepMessageTimes()
		}
	}
	return nil
}

func (f *fileReader) line(line []byte) error {
	if f.run.Closing != nil {
		return errors.New("something follows the closing line")
	}
	if bytes.HasPrefix(line, intervalStart) {
		return f.interval(line)
	}
	if bytes.HasPrefix(line, stageStart) && f.bounded && !f.summing {
		return nil // the end of the file has it again
	}
	kind, err := kindOf(line)
	if err != nil {
		return err
	}
	switch kind {
	case headerType:
		return errors.New("another run begins here: a run file holds one")
	case intervalType:
		return f.interval(line)
	case windowType:
		return f.window(line)
	case greetingType:
		return f.greeting(line)
	case addressType:
		return f.address(line)
	case stageType, stagesType:
		return f.stage(line)
	case serverType:
		return f.server(line)
	case answersType:
		return f.answers(line)
	case agentType:
		return f.agent(line)
	case totalType:
		return f.total(line)
	case closingType:
		return f.closing(line)
	}
	return nil // of a later version
}

var intervalStart = []byte(`{"type":"` + intervalType + `"`)

func (f *fileReader) interval(line []byte) error {
	l, histograms, err := readInterval(line)
	if err != nil {
		return err
	}
	s, err := f.run.series(l.seriesLine)
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	l.From, l.To = f.run.Header.common(l.From), f.run.Header.common(l.To)
	if err := f.keep(&l, s, histograms); err != nil {
		return err
	}
	f.intervals.add(s, l.Number, &l.Outcomes)
	f.run.setGauge(s.Flow, l.Gauge)
	f.run.noteDone(s.Flow, &l.Counts)
	f.run.noteBacklog(s.Flow, l.Gauge, l.To)
	if l.Number != f.lastNumber || f.run.end == 0 {
		f.run.stood = max(f.run.stood, l.Stood)
		f.run.Processors.Add(tally.Processor{Length: l.To.Sub(l.From), Busy: l.Busy, Waited: l.Waited, Stood: l.Stood})
	}
	f.lastNumber, f.run.end = l.Number, max(f.run.end, l.To)
	return nil
}

// keep keeps an interval, as the reader is set.
func (f *fileReader) keep(l *intervalLine, s sample.Series, histograms lineHistograms) error {
	if l.Spent == 0 && f.costs {
		l.Spent = histograms.spent()
	}
	if f.run.follows(s) {
		f.run.trends[s.Flow].Read(l.Number, l.From, l.To, &l.Counts, histograms.of)
	}
	i := f.run.newInterval(l, s)
	outcomes := tally.Outcomes(i.Messages)
	f.run.cpu.Add(i.Flow, i.Round, i.Number, i.Busy*float64(i.Length()), &outcomes)
	if f.course == nil {
		i.histograms = histograms.byName()
		l.Histograms = i.histograms
		f.stored = append(f.stored, *l)
		f.run.Intervals = append(f.run.Intervals, i)
		f.run.width = max(f.run.width, l.Width)
		return nil
	}
	if f.summing {
		if err := f.sum(l, s, histograms); err != nil {
			return err
		}
	}
	return f.course.add(i, l.Width, histograms)
}

func (f *fileReader) window(line []byte) error {
	w, err := f.run.readWindow(line, &f.run.Header)
	if err != nil {
		return err
	}
	f.run.windows[w.series] = f.run.windows[w.series].union(Window{w.from, w.to})
	return nil
}

func (f *fileReader) greeting(line []byte) error {
	g, err := f.run.readGreeting(line)
	if err != nil {
		return err
	}
	f.run.greetings[g.flow].Add(g.Greeting)
	return nil
}

func (f *fileReader) address(line []byte) error {
	flow, count, err := f.run.readAddress(line)
	if err != nil {
		return err
	}
	return f.run.visits[flow].Read(count)
}

func (f *fileReader) server(line []byte) error {
	looked, err := readServer(line)
	if err != nil {
		return err
	}
	f.run.Server.Add(looked)
	return nil
}

func (f *fileReader) answers(line []byte) error {
	l, err := decode[answersLine](line)
	if err != nil {
		return err
	}
	if err := l.Check(l.Query); err != nil {
		return err
	}
	f.run.Queries.Put(l.Query, &l.Answers)
	return nil
}

func (f *fileReader) agent(line []byte) error {
	l, err := decode[agentLine](line)
	if err != nil {
		return err
	}
	return f.run.readAgent(&l)
}

func (f *fileReader) total(line []byte) error {
	l, err := decode[totalLine](line)
	if err != nil {
		return err
	}
	s, err := f.run.series(l.seriesLine)
	if err != nil {
		return err
	}
	t, err := l.total()
	if err != nil {
		return err
	}
	f.totals[s] = t
	return nil
}

func (f *fileReader) closing(line []byte) error {
	c, err := readClosing(line, &f.run.Header)
	if err != nil {
		return err
	}
	f.run.Closing = c
	return nil
}

// end takes the totals at the end of the file, or adds up the intervals of a file
// that has lost its end.
func (f *fileReader) end() (*Run, error) {
	f.run.cpu.End()
	if f.run.Closing != nil {
		f.run.totals, f.run.stages = f.totals, f.stages
		f.run.astray = f.intervals.astray(f.totals)
		return f.run, nil
	}
	for i := range f.stored {
		l := &f.stored[i]
		s, err := f.run.series(l.seriesLine)
		if err != nil {
			return nil, err
		}
		if err := f.sum(l, s, lineHistograms{named: l.Histograms}); err != nil {
			return nil, fmt.Errorf("interval %d of flow %s: %w", l.Number, l.Flow, err)
		}
	}
	// A stage's window is written when it ends.
	for s, seen := range f.seen {
		if _, ended := f.run.windows[s]; !ended && s.Stage == sample.Steady {
			// The interval in which the warm-up ended is not all of the load's.
			from := max(seen.From, f.run.windows[sample.Series{Flow: s.Flow, Round: s.Round, Stage: sample.Warmup}].To)
			f.run.windows[s] = Window{from, max(from, seen.To)}
		}
	}
	return f.run, nil
}

// sum adds an interval to the totals of a run that has lost its own.
func (f *fileReader) sum(l *intervalLine, s sample.Series, histograms lineHistograms) error {
	if err := addLine(f.run.total(s), &l.totalLine, histograms); err != nil {
		return err
	}
	if f.seen == nil {
		f.seen = map[sample.Series]Window{}
	}
	f.seen[s] = f.seen[s].union(Window{l.From, l.To})
	return nil
}

// readHeader reads the first line of a file.
func readHeader(line []byte) (Header, error) {
	l, err := decode[headerLine](line)
	if err != nil {
		return Header{}, fmt.Errorf("not a run file: %w", err)
	}
	if l.Type != headerType || l.Format != FileFormat {
		return Header{}, fmt.Errorf("not a run file of format %s", FileFormat)
	}
	return l.header()
}

// kindOf returns which kind a line says it is of.
func kindOf(line []byte) (string, error) {
	l, err := decode[struct {
		Type string `json:"type"`
	}](line)
	return l.Type, err
}

// decode reads a line. The error says in a file's own words that a value is of another
// type than its key has: the library names the types of this program.
func decode[T any](line []byte) (T, error) {
	var l T
	err := json.Unmarshal(line, &l)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("%s does not take a JSON %s", cmp.Or(wrong.Field, "a line"), wrong.Value)
	}
	return l, err
}
