package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The two magic numbers of pcap files: times in microseconds or nanoseconds.
const (
	pcapMicro = 0xa1b2c3d4
	pcapNano  = 0xa1b23c4d
)

const (
	linkEthernet = 1
	maxFrame     = 1 << 18 // a longer one means that the file is broken
)

// A Writer writes a pcap file with times in nanoseconds.
type Writer struct {
	w io.Writer
}

// NewWriter writes the file's header. There will be many small writes, so w should have a buffer.
func NewWriter(w io.Writer) (*Writer, error) {
	var h [24]byte
	binary.LittleEndian.PutUint32(h[0:], pcapNano)
	binary.LittleEndian.PutUint16(h[4:], 2) // version 2.4
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], maxFrame)
	binary.LittleEndian.PutUint32(h[20:], linkEthernet)
	_, err := w.Write(h[:])
	return &Writer{w}, err
}

// Write adds a frame of which length bytes were sent and len(frame) were captured.
func (w *Writer) Write(at Time, frame []byte, length int) error {
	var h [16]byte
	binary.LittleEndian.PutUint32(h[0:], uint32(at/1e9))
	binary.LittleEndian.PutUint32(h[4:], uint32(at%1e9))
	binary.LittleEndian.PutUint32(h[8:], uint32(len(frame)))
	binary.LittleEndian.PutUint32(h[12:], uint32(length))
	if _, err := w.w.Write(h[:]); err != nil {
		return err
	}
	_, err := w.w.Write(frame)
	return err
}

// A Reader reads a pcap file of Ethernet frames, of a Writer or of tcpdump.
type Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	unit  Time // of the fraction of a second
	frame []byte
}

// NewReader reads the file's header.
func NewReader(r io.Reader) (*Reader, error) {
	var h [24]byte
	b := bufio.NewReaderSize(r, 1<<20)
	if _, err := io.ReadFull(b, h[:]); err != nil {
		return nil, fmt.Errorf("pcap header: %w", err)
	}
	p := &Reader{r: b}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(h[:]) {
		case pcapNano:
			p.order, p.unit = order, 1
		case pcapMicro:
			p.order, p.unit = order, 1000
		}
	}
	if p.order == nil {
		return nil, fmt.Errorf("not a pcap file: begins with %x", h[:4])
	}
	if link := p.order.Uint32(h[20:]); link != linkEthernet {
		return nil, fmt.Errorf("pcap link type %d, want %d (Ethernet)", link, linkEthernet)
	}
	return p, nil
}

// Next returns the next frame, which is valid until the next call. At the end it returns io.EOF. If
// the file ends within a frame, it returns io.ErrUnexpectedEOF.
func (p *Reader) Next() (at Time, frame []byte, err error) {
	var h [16]byte
	if _, err := io.ReadFull(p.r, h[:]); err != nil {
		return 0, nil, err
	}
	at = Time(p.order.Uint32(h[0:]))*1e9 + Time(p.order.Uint32(h[4:]))*p.unit
	n := int(p.order.Uint32(h[8:]))
	if n > maxFrame {
		return 0, nil, fmt.Errorf("pcap frame of %d bytes, want %d at most", n, maxFrame)
	}
	if n > cap(p.frame) {
		p.frame = make([]byte, n)
	}
	p.frame = p.frame[:n]
	if _, err := io.ReadFull(p.r, p.frame); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, err
	}
	return at, p.frame, nil
}
