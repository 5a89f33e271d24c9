package histogram

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"math"
	"sync"
)

// Decode reads what Histogram.Encode wrote, or another implementation of
// HdrHistogram V2 with the same range and precision. The error says how the text is
// something else.
func Decode(encoded string) (*Histogram, error) {
	h := New()
	if err := h.Decode([]byte(encoded), MaxCount); err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	return h, nil
}

// Decode adds the samples of an encoded histogram. More than most of them are an
// error, and so is anything that Encode does not write; then it adds none.
func (h *Histogram) Decode(encoded []byte, most int64) error {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	if err := d.decode(encoded, most); err != nil {
		return err
	}
	for _, c := range d.cells {
		_ = h.buckets.RecordValues(lowestIn(c.number), c.count) // is in range
	}
	return nil
}

// A decoder reads encoded histograms one after the other, in the same memory. The
// library's decoder makes an inflater for each, which takes 40 KB and ten times as
// long as all else; a day of two flows has a million histograms.
type decoder struct {
	packed []byte // decoded from base64
	plain  []byte // inflated
	cells  []cellCount
	source bytes.Reader
	zlib   io.ReadCloser
}

type cellCount struct {
	number int
	count  int64
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decode reads a histogram into d.cells.
func (d *decoder) decode(encoded []byte, most int64) error {
	var err error
	d.packed, err = base64.StdEncoding.AppendDecode(d.packed[:0], encoded)
	if err != nil {
		return err
	}
	if len(d.packed) < 8 || binary.BigEndian.Uint32(d.packed)&^0xf0 != cookieV2Compressed&^0xf0 {
		return errors.New("not compressed HdrHistogram V2")
	}
	deflated, n := d.packed[8:], binary.BigEndian.Uint32(d.packed[4:])
	if uint64(n) > uint64(len(deflated)) {
		return fmt.Errorf("%d bytes, want %d", len(deflated), n)
	}
	deflated = deflated[:n]
	plain, ok := stored(deflated)
	if !ok {
		if plain, err = d.inflate(deflated); err != nil {
			return err
		}
	}
	counts, err := d.header(plain)
	if err != nil {
		return err
	}
	return d.counts(counts, most)
}

// stored returns the content of a zlib stream that is one stored block, as
// encoder.write makes it. It is false for any other stream.
func stored(b []byte) (plain []byte, ok bool) {
	const before, after = 7, 4
	if len(b) < before+after || b[0] != 0x78 || b[1] != 0x01 || b[2] != 1 {
		return nil, false
	}
	n := int(binary.LittleEndian.Uint16(b[3:]))
	if n != int(^binary.LittleEndian.Uint16(b[5:])) || len(b) < before+n+after {
		return nil, false
	}
	plain = b[before : before+n]
	return plain, adler32.Checksum(plain) == binary.BigEndian.Uint32(b[before+n:])
}

// maxPlain is the length of the longest encoding, which has nine bytes for each cell.
const maxPlain = headerLengthV2 + 9*numCells

// inflate takes no more memory than a histogram of our range can need.
func (d *decoder) inflate(deflated []byte) ([]byte, error) {
	d.source.Reset(deflated)
	var err error
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(&d.source)
	} else {
		err = d.zlib.(zlib.Resetter).Reset(&d.source, nil)
	}
	if err != nil {
		return nil, err
	}
	d.plain = d.plain[:0]
	for {
		if len(d.plain) == cap(d.plain) {
			d.plain = append(d.plain, make([]byte, 1024)...)[:len(d.plain)]
		}
		n, err := d.zlib.Read(d.plain[len(d.plain):cap(d.plain)])
		d.plain = d.plain[:len(d.plain)+n]
		switch {
		case errors.Is(err, io.EOF):
			return d.plain, nil
		case err != nil:
			return nil, err
		case len(d.plain) > maxPlain:
			return nil, fmt.Errorf("over %d bytes of counts", maxPlain)
		}
	}
}

// header checks what stands before the counts, and returns them.
func (d *decoder) header(plain []byte) (counts []byte, err error) {
	if len(plain) < headerLengthV2 {
		return nil, fmt.Errorf("%d bytes, want a header of %d", len(plain), headerLengthV2)
	}
	if binary.BigEndian.Uint32(plain)&^0xf0 != cookieV2&^0xf0 {
		return nil, errors.New("not HdrHistogram V2")
	}
	digits := binary.BigEndian.Uint32(plain[12:])
	lowest, highest := binary.BigEndian.Uint64(plain[16:]), binary.BigEndian.Uint64(plain[24:])
	if digits != significantDigits || lowest != uint64(lowestValue) || highest != uint64(HighestValue) {
		return nil, fmt.Errorf("from %d to %d ns with %d digits, want %d to %d with %d",
			lowest, highest, digits, lowestValue, HighestValue, significantDigits)
	}
	counts = plain[headerLengthV2:]
	if n := binary.BigEndian.Uint32(plain[4:]); uint64(n) != uint64(len(counts)) {
		return nil, fmt.Errorf("%d bytes of counts, want %d", len(counts), n)
	}
	return counts, nil
}

// counts reads what appendCounts wrote.
func (d *decoder) counts(b []byte, most int64) error {
	d.cells = d.cells[:0]
	cell, total := 0, int64(0)
	for len(b) > 0 {
		v, n := zigZag(b)
		if n == 0 {
			return errors.New("the last count is cut")
		}
		b = b[n:]
		switch {
		case v < 0:
			if v == math.MinInt64 || -v > int64(numCells-cell) {
				return errors.New("counts of values beyond the range")
			}
			cell -= int(v)
			continue
		case cell >= numCells:
			return errors.New("counts of values beyond the range")
		case v > 0:
			if total += min(v, MaxCount); v > most || total > most {
				return fmt.Errorf("%d samples, want at most %d", max(v, total), most)
			}
			d.cells = append(d.cells, cellCount{cell, v})
		}
		cell++
	}
	return nil
}

// zigZag reads what appendZigZag wrote, and returns how many bytes that took; 0 if
// the number is cut.
func zigZag(b []byte) (v int64, n int) {
	var u uint64
	for i := range b {
		if i == 8 {
			u |= uint64(b[i]) << 56
			n = 9
			break
		}
		u |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			n = i + 1
			break
		}
	}
	return int64(u>>1) ^ -int64(u&1), n
}
