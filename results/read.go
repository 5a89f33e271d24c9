package results

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// Read reads a run file. A file that has lost its end is read as far as it
// goes, and the run is Partial; anything else that is wrong is an error that
// names the line.
func Read(r io.Reader) (*Run, error) {
	f := &fileReader{lines: bufio.NewReaderSize(r, 1<<20)}
	return f.read()
}

func (f *fileReader) read() (*Run, error) {
	first, err := f.next()
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, errors.New("an empty file is not a run file")
	}
	if err := f.header(first); err != nil {
		return nil, f.at(err)
	}
	for {
		line, err := f.next()
		if err != nil {
			return nil, err
		}
		if line == nil {
			if f.run.Partial() {
				f.run.damaged = fmt.Sprintf("it ends after line %d", f.number)
			}
			return f.end()
		}
		if err := f.line(line); err != nil {
			if f.cut() {
				f.run.damaged = fmt.Sprintf("line %d is cut, and what it said is lost", f.number)
				return f.end()
			}
			return nil, f.at(err)
		}
	}
}

// IsRunFile tells whether what r reads begins as a run file does.
func IsRunFile(r io.Reader) bool {
	start := make([]byte, len(fileStart))
	_, err := io.ReadFull(r, start)
	return err == nil && string(start) == fileStart
}

// fileStart is what every run file begins with.
const fileStart = `{"type":"` + headerType + `","format":"` + FileFormat + `"`

type fileReader struct {
	lines  *bufio.Reader
	lean   bool   // leaves out most of what intervals hold: see ReadTotals
	buffer []byte // of the line
	number int
	whole  bool // the last line had its line end
	run    *Run
	totals map[loadgen.Series]*total // from the end of the file
	stored []intervalLine            // without their histograms read
}

func (f *fileReader) at(err error) error { return fmt.Errorf("line %d: %w", f.number, err) }

// cut tells whether the last line lost its end, which is no error.
func (f *fileReader) cut() bool { return !f.whole }

// next returns the next line, valid until the next call; nil at the end of the
// file.
func (f *fileReader) next() ([]byte, error) {
	line := f.buffer[:0]
	defer func() { f.buffer = line }()
	for {
		part, err := f.lines.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return nil, fmt.Errorf("line %d is over %d MiB", f.number+1, maxLine>>20)
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		break
	}
	if len(line) == 0 {
		return nil, nil
	}
	if f.number++; f.number > maxLines {
		return nil, fmt.Errorf("over %d lines", maxLines)
	}
	f.whole = bytes.HasSuffix(line, []byte("\n"))
	return line, nil
}

func (f *fileReader) header(line []byte) error {
	var l headerLine
	if err := json.Unmarshal(line, &l); err != nil {
		return fmt.Errorf("not a run file: %w", err)
	}
	if l.Type != headerType || l.Format != FileFormat {
		return fmt.Errorf("not a run file of format %s", FileFormat)
	}
	h, err := l.header()
	if err != nil {
		return err
	}
	f.run = newRun(h)
	f.totals = map[loadgen.Series]*total{}
	return nil
}

func (f *fileReader) line(line []byte) error {
	if f.run.Closing != nil {
		return errors.New("something follows the closing line")
	}
	if f.lean && bytes.HasPrefix(line, intervalStart) {
		lean, kept := withoutHistograms(line)
		return f.interval(lean, kept)
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return err
	}
	switch kind.Type {
	case intervalType:
		return f.interval(line, nil)
	case windowType:
		return f.window(line)
	case greetingType:
		return f.greeting(line)
	case totalType:
		return f.total(line)
	case closingType:
		return f.closing(line)
	}
	return nil // of a later version
}

// interval takes an interval, and histograms that were taken off its line.
func (f *fileReader) interval(line []byte, histograms map[string]string) error {
	var l intervalLine
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	if histograms != nil {
		l.Histograms = histograms
	}
	s, err := f.run.series(l.seriesLine)
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	if !f.lean {
		f.stored = append(f.stored, l)
	}
	f.run.Intervals = append(f.run.Intervals, StoredInterval{
		Flow: s.Flow, Round: s.Round, Stage: s.Stage, Number: l.Number, From: l.From, To: l.To, Open: l.Gauge.Open,
		Accepted: l.InWindow, Messages: l.Outcomes, Errors: l.Errors, Busy: l.Busy, histograms: l.Histograms,
	})
	f.run.see(s.Flow, l.Gauge)
	if n := len(f.run.Intervals); n < 2 || f.run.Intervals[n-2].Number != l.Number {
		f.run.processors = append(f.run.processors, processor{l.To.Sub(l.From), l.Busy, l.Waited, l.Stood})
	}
	f.run.to = max(f.run.to, l.To)
	return nil
}

func (f *fileReader) window(line []byte) error {
	var l windowLine
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	s, err := f.run.series(l.seriesLine)
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	f.run.windows[s] = f.run.windows[s].union(window{l.From, l.To})
	return nil
}

func (f *fileReader) greeting(line []byte) error {
	var l greetingLine
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	return f.run.readGreeting(&l)
}

func (f *fileReader) total(line []byte) error {
	var l totalLine
	if err := json.Unmarshal(line, &l); err != nil {
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
	var l closingLine
	if err := json.Unmarshal(line, &l); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	f.run.Closing = &l.Closing
	return nil
}

// end takes the totals from the end of the file, or adds up the intervals of
// one that has lost it.
func (f *fileReader) end() (*Run, error) {
	if f.run.Closing != nil {
		f.run.totals = f.totals
		return f.run, nil
	}
	ended := maps.Clone(f.run.windows) // a stage's window is written when it ends
	for i := range f.stored {
		l := &f.stored[i]
		s, err := f.run.series(l.seriesLine)
		if err != nil {
			return nil, err
		}
		t, err := l.total()
		if err != nil {
			return nil, fmt.Errorf("interval %d of flow %s: %w", l.Number, l.Flow, err)
		}
		f.run.total(s).add(t)
		if _, ok := ended[s]; !ok && s.Stage == loadgen.Steady {
			// The interval in which the warm-up ended is not all of the load's.
			from := max(l.From, f.run.windows[loadgen.Series{Flow: s.Flow, Round: s.Round, Stage: loadgen.Warmup}].to)
			f.run.windows[s] = f.run.windows[s].union(window{from, max(from, l.To)})
		}
	}
	return f.run, nil
}
