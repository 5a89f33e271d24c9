// Package lines reads the lines of a run file, within bounds: the file may come from anybody.
package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The bounds of a file.
const (
	MaxLength = 16 << 20 // of a line, its end included, in octets
	Most      = 64 << 20
)

// A Reader reads one line after the other.
type Reader struct {
	from   *bufio.Reader
	buffer []byte // of the line
	number int
	whole  bool
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{from: bufio.NewReaderSize(r, 1<<20)} }

// Number is that of the last line, from 1.
func (r *Reader) Number() int { return r.number }

// Whole tells whether the last line had its line end. A file that was cut has a last line without.
func (r *Reader) Whole() bool { return r.whole }

// At adds to an error where it is.
func (r *Reader) At(err error) error { return fmt.Errorf("line %d: %w", r.number, err) }

// Next returns the next line, valid until the next call; nil at the end of the file.
func (r *Reader) Next() ([]byte, error) {
	line := r.buffer[:0]
	defer func() { r.buffer = line }()
	for {
		part, err := r.from.ReadSlice('\n')
		if len(line)+len(part) > MaxLength {
			return nil, fmt.Errorf("line %d is over %d MiB", r.number+1, MaxLength>>20)
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
	if r.number++; r.number > Most {
		return nil, fmt.Errorf("over %d lines", Most)
	}
	r.whole = bytes.HasSuffix(line, []byte("\n"))
	return line, nil
}
