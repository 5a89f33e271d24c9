package results

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

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The HdrHistogram V2 encoding, deflated and in base64. The library's own
// encoder makes a new compressor for each histogram: 0.4 ms and 0.8 MB of
// garbage, for some sixty of them a second, in a process whose garbage
// collector must not get in the way of the measurement. This one keeps its
// compressor. What it writes, the library and the other HdrHistogram
// implementations read.
const (
	cookieV2           = 0x1c849303 | 0x10 // counts as ZigZag LEB128
	cookieV2Compressed = 0x1c849304 | 0x10
	headerLengthV2     = 40
)

// maxCount bounds the counts of a round, and maxInterval those of an interval.
// With maxWork and maxLines they keep sums within an int64.
const (
	maxCount    = 1 << 40
	maxInterval = 1 << 36
)

type encoder struct {
	outer   bytes.Buffer
	deflate *zlib.Writer
	scratch []byte
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	// The level is a valid one, so there is no error.
	e.deflate, _ = zlib.NewWriterLevel(&e.outer, zlib.BestSpeed)
	return e
}}

// Encode returns the histogram as HdrHistogram V2, compressed and in base64;
// "" for an empty one.
func (h *Histogram) Encode() string {
	if h.Count() == 0 {
		return ""
	}
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	counts := e.appendCounts(e.scratch[:0], h)
	e.scratch = counts

	var head [headerLengthV2]byte
	binary.BigEndian.PutUint32(head[0:], cookieV2)
	binary.BigEndian.PutUint32(head[4:], uint32(len(counts)))
	binary.BigEndian.PutUint32(head[12:], significantDigits)
	binary.BigEndian.PutUint64(head[16:], uint64(lowestValue))
	binary.BigEndian.PutUint64(head[24:], uint64(highestValue))
	binary.BigEndian.PutUint64(head[32:], math.Float64bits(1)) // integer to double ratio

	e.outer.Reset()
	e.outer.Write(make([]byte, 8))
	e.write(head[:], counts)
	out := e.outer.Bytes()
	binary.BigEndian.PutUint32(out[0:], cookieV2Compressed)
	binary.BigEndian.PutUint32(out[4:], uint32(len(out)-8))
	return base64.StdEncoding.EncodeToString(out)
}

// storedUpTo is how many bytes are stored as they are. To find codes for so few
// takes ten times as long as all else, for a third of their length.
const storedUpTo = 400

// write writes a stream of zlib (RFC 1950). Writes to a bytes.Buffer do not fail.
func (e *encoder) write(head, counts []byte) {
	n := len(head) + len(counts)
	if n > storedUpTo {
		e.deflate.Reset(&e.outer)
		e.deflate.Write(head)
		e.deflate.Write(counts)
		e.deflate.Close()
		return
	}
	sum := adler32.New()
	out := io.MultiWriter(&e.outer, sum)
	e.outer.Write([]byte{0x78, 0x01, 1, byte(n), byte(n >> 8), ^byte(n), ^byte(n >> 8)}) // the last block, stored (RFC 1951, 3.2.4)
	out.Write(head)
	out.Write(counts)
	e.outer.Write(sum.Sum(nil))
}

// appendCounts appends the counts in the order of their values: a positive
// number is a count, a negative one a run of zeros.
func (e *encoder) appendCounts(b []byte, h *Histogram) []byte {
	next := 0
	h.buckets.ForEachBucket(func(value, count int64) bool {
		i := cellOf(value)
		if gap := i - next; gap == 1 {
			b = appendZigZag(b, 0)
		} else if gap > 1 {
			b = appendZigZag(b, -int64(gap))
		}
		b = appendZigZag(b, count)
		next = i + 1
		return true
	})
	return b
}

// appendZigZag appends v in HdrHistogram's variant of LEB128, whose ninth byte
// has no continuation bit.
func appendZigZag(b []byte, v int64) []byte {
	u := uint64(v<<1) ^ uint64(v>>63)
	for range 8 {
		if u < 0x80 {
			return append(b, byte(u))
		}
		b = append(b, byte(u)|0x80)
		u >>= 7
	}
	return append(b, byte(u))
}

// DecodeHistogram reads what Encode wrote, also by other implementations of
// HdrHistogram V2, provided that the range and the precision are ours.
func DecodeHistogram(encoded string) (*Histogram, error) {
	if err := checkRange(encoded); err != nil {
		return nil, err
	}
	p, err := hdrhistogram.DecodePacked([]byte(encoded))
	if err != nil {
		return nil, err
	}
	if n := p.TotalCount(); n > maxCount {
		return nil, fmt.Errorf("histogram of %d samples, want at most %d", n, int64(maxCount))
	}
	return &Histogram{p}, nil
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

type inflater struct {
	zlib io.ReadCloser
}

// header inflates no more than the header of an encoded histogram.
func (f *inflater) header(deflated []byte) (head [headerLengthV2]byte, err error) {
	src := bytes.NewReader(deflated)
	if f.zlib == nil {
		f.zlib, err = zlib.NewReader(src)
	} else {
		err = f.zlib.(zlib.Resetter).Reset(src, nil)
	}
	if err == nil {
		_, err = io.ReadFull(f.zlib, head[:])
	}
	return head, err
}

// checkRange refuses an encoded histogram of another range before it is
// inflated: its range decides how much memory decoding it can take.
func checkRange(encoded string) error {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	if len(raw) < 8 || binary.BigEndian.Uint32(raw)&^0xf0 != cookieV2Compressed&^0xf0 {
		return errors.New("histogram is not compressed HdrHistogram V2")
	}
	f := inflaters.Get().(*inflater)
	defer inflaters.Put(f)
	head, err := f.header(raw[8:])
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	digits := binary.BigEndian.Uint32(head[12:])
	lowest, highest := binary.BigEndian.Uint64(head[16:]), binary.BigEndian.Uint64(head[24:])
	if digits != significantDigits || lowest != uint64(lowestValue) || highest != uint64(highestValue) {
		return fmt.Errorf("histogram from %d to %d ns with %d digits, want %d to %d with %d",
			lowest, highest, digits, lowestValue, highestValue, significantDigits)
	}
	return nil
}
