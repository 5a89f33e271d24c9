package record

import (
	"bytes"
	"fmt"
	"io"
)

// ReadTotals reads a run file for its figures, many times as fast as Read and
// in memory that does not grow with the length of the run. All figures are the
// same; what is kept of the run over time has no histograms, so that a page has
// no times over it, and a comparison of single rounds no intervals of them.
//
// What cannot be sought in, such as a pipe, is read all the same, more slowly.
func ReadTotals(r io.ReadSeeker) (*Run, error) { return readBounded(r, false) }

// ReadCourse reads a run file as ReadTotals does, and keeps the times of
// messages over time: all that a page or a comparison shows.
func ReadCourse(r io.ReadSeeker) (*Run, error) { return readBounded(r, true) }

// readBounded takes a file that ends in a closing line to have its totals, and
// adds up any other. Where that line was none after all, the file is read anew.
func readBounded(r io.ReadSeeker, times bool) (*Run, error) {
	f := fileReader{bounded: true, times: times, summing: true}
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return f.readAll(r) // from a pipe
	}
	if f.summing, err = endsOpen(r, size); err != nil {
		return nil, err
	}
	run, err := f.from(r)
	if err == nil && run.Partial() && !f.summing {
		f.summing = true
		return f.from(r)
	}
	return run, err
}

// from reads a file from its start.
func (f fileReader) from(r io.ReadSeeker) (*Run, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to the start: %w", err)
	}
	return f.readAll(r)
}

// endsOpen tells whether the last line of a file does not begin as a closing
// line does.
func endsOpen(r io.ReadSeeker, size int64) (bool, error) {
	const tail = 64 << 10 // more than a closing line has
	if _, err := r.Seek(max(0, size-tail), io.SeekStart); err != nil {
		return false, fmt.Errorf("looking at the end: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(r, tail))
	if err != nil {
		return false, fmt.Errorf("looking at the end: %w", err)
	}
	b = bytes.TrimSuffix(b, []byte("\n"))
	return !bytes.HasPrefix(b[bytes.LastIndexByte(b, '\n')+1:], closingStart), nil
}

var closingStart = []byte(`{"type":"` + closingType + `"`)
