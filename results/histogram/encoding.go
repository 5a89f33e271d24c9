package histogram

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"io"
	"math"
	"sync"
)

// The HdrHistogram V2 encoding, deflated and in base64. The library's own encoder
// makes a new compressor for each histogram: 0.4 ms and 0.8 MB of garbage, some
// sixty times a second, in a process whose garbage collector must not disturb the
// measurement. This encoder keeps its compressor. The library and other
// implementations of HdrHistogram read what it writes.
const (
	cookieV2           = 0x1c849303 | 0x10 // counts as ZigZag LEB128
	cookieV2Compressed = 0x1c849304 | 0x10
	headerLengthV2     = 40
)

// MaxCount bounds the samples of a round, and MaxInterval those of an interval.
// Together with the bounds of a run file they keep sums within an int64.
const (
	MaxCount    = 1 << 40
	MaxInterval = 1 << 36
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
	binary.BigEndian.PutUint64(head[24:], uint64(HighestValue))
	binary.BigEndian.PutUint64(head[32:], math.Float64bits(1)) // integer to double ratio

	e.outer.Reset()
	e.outer.Write(make([]byte, 8))
	e.write(head[:], counts)
	out := e.outer.Bytes()
	binary.BigEndian.PutUint32(out[0:], cookieV2Compressed)
	binary.BigEndian.PutUint32(out[4:], uint32(len(out)-8))
	return base64.StdEncoding.EncodeToString(out)
}

// storedUpTo is how many bytes are stored without compression. To compress so few
// takes ten times as long as all else, and saves a third of them.
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
		i := CellOf(value)
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
