package record

import (
	"bytes"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// ReadTotals reads a run file for its figures, many times as fast as Read and
// in memory that does not grow with the length of the run. All figures are the
// same. The intervals it keeps have no histograms, so that a page has no times over
// the run, and a comparison of single rounds has no intervals of times.
//
// A reader that cannot seek, such as a pipe, is read all the same, more slowly.
func ReadTotals(r io.ReadSeeker) (*Run, error) { return fileReader{bounded: true}.readBounded(r) }

// ReadCourse reads a run file as ReadTotals does, and keeps the times of messages
// in its intervals too: all that a page or a comparison shows.
func ReadCourse(r io.ReadSeeker) (*Run, error) {
	return fileReader{bounded: true, times: true}.readBounded(r)
}

// readBounded expects totals in a file that ends in a closing line, and adds up the
// intervals of any other. If that line is broken, it reads the file again.
func (f fileReader) readBounded(r io.ReadSeeker) (*Run, error) {
	f.summing = true
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return f.readAll(r) // from a pipe
	}
	if f.summing, err = endsOpen(r, size); err != nil {
		return nil, err
	}
	run, err := f.readFromStart(r)
	if err == nil && run.Partial() && !f.summing {
		f.summing = true
		return f.readFromStart(r)
	}
	return run, err
}

func (f fileReader) readFromStart(r io.ReadSeeker) (*Run, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to the start: %w", err)
	}
	return f.readAll(r)
}

// endsOpen tells whether a file lacks its closing line, by how its last line
// begins.
func endsOpen(r io.ReadSeeker, size int64) (bool, error) {
	const tail = 64 << 10 // more than a closing line has
	if _, err := r.Seek(max(0, size-tail), io.SeekStart); err != nil {
		return false, err
	}
	b, err := io.ReadAll(io.LimitReader(r, tail))
	if err != nil {
		return false, err
	}
	b = bytes.TrimSuffix(b, []byte("\n"))
	return !bytes.HasPrefix(b[bytes.LastIndexByte(b, '\n')+1:], closingStart), nil
}

var closingStart = []byte(`{"type":"` + closingType + `"`)

// intervalSums are what the intervals of a file come to, to hold its totals against.
type intervalSums struct {
	messages map[sample.Series]int64
	last     map[sample.Series]int64 // the number of the last interval
	twice    int64                   // the first number that came twice; 0 if none did
}

func (i *intervalSums) add(s sample.Series, number int64, outcomes *tally.Outcomes) {
	if i.messages == nil {
		i.messages, i.last = map[sample.Series]int64{}, map[sample.Series]int64{}
	}
	if i.twice == 0 && number > 0 && number == i.last[s] {
		i.twice = number
	}
	i.last[s] = number
	for _, n := range outcomes {
		i.messages[s] += n
	}
}

// astray says in what the intervals of a whole file are not what its totals are made of; "" if
// they are.
func (i *intervalSums) astray(totals map[sample.Series]*tally.Total) string {
	if i.twice > 0 {
		return fmt.Sprintf("interval %d is there twice", i.twice)
	}
	have, of, differ := int64(0), int64(0), false
	for s, t := range totals {
		n := int64(0)
		for _, o := range t.Outcomes {
			n += o
		}
		have, of, differ = have+i.messages[s], of+n, differ || i.messages[s] != n
	}
	if !differ {
		return ""
	}
	return fmt.Sprintf("intervals have %d of %d messages", have, of)
}
