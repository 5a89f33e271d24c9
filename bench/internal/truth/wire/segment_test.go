package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"
)

// frame makes an Ethernet frame around a TCP segment between 127.0.0.1 and the
// server at 127.0.0.2, which has the lower port.
func frame(from, to uint16, seq uint32, flags byte, payload string) []byte {
	f := make([]byte, ethernet+20+32, ethernet+20+32+len(payload))
	binary.BigEndian.PutUint16(f[12:], ipv4)
	ip := f[ethernet:]
	ip[0], ip[9] = 0x45, tcp
	binary.BigEndian.PutUint16(ip[2:], uint16(20+32+len(payload)))
	client, server := ip[12:16], ip[16:20]
	if from < to {
		client, server = server, client
	}
	copy(client, []byte{127, 0, 0, 1})
	copy(server, []byte{127, 0, 0, 2})
	t := ip[20:]
	binary.BigEndian.PutUint16(t[0:], from)
	binary.BigEndian.PutUint16(t[2:], to)
	binary.BigEndian.PutUint32(t[4:], seq)
	t[12], t[13] = 8<<4, flags
	return append(f, payload...)
}

func TestParse(t *testing.T) {
	g, ok := Parse(frame(40000, 25, 17, flagSyn, ""), 5, 25)
	if !ok || !g.FromClient || !g.Syn || g.Fin || g.Seq != 17 || g.At != 5 || g.Length != 0 ||
		g.Client != netip.MustParseAddrPort("127.0.0.1:40000") {
		t.Errorf("SYN read as %+v, %v", g, ok)
	}
	padded := append(frame(25, 40000, 17, flagFin, "250 ok\r\n"), 0, 0, 0)
	g, ok = Parse(padded, 5, 25)
	if !ok || g.FromClient || !g.Fin || string(g.Payload) != "250 ok\r\n" || g.Length != 8 ||
		g.Client != netip.MustParseAddrPort("127.0.0.1:40000") {
		t.Errorf("reply read as %+v, %v", g, ok)
	}
	cut := frame(40000, 25, 17, 0, "EHLO x\r\n")
	if g, ok := Parse(cut[:len(cut)-5], 5, 25); !ok || string(g.Payload) != "EHL" || g.Length != 8 {
		t.Errorf("cut command read as %+v, %v", g, ok)
	}
	if _, ok := Parse(frame(40000, 26, 17, 0, "x"), 5, 25); ok {
		t.Error("another port's segment passes")
	}
}

func TestPcapRoundTrip(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	const at = Time(1_795_000_000_123_456_789)
	if err := w.Write(at, []byte("frame"), 99); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	r, err := NewReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	got, f, err := r.Next()
	if err != nil || got != at || string(f) != "frame" {
		t.Errorf("read back %d %q, %v", got, f, err)
	}
	if _, _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	if r, err = NewReader(bytes.NewReader(whole[:len(whole)-1])); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("of a cut file: %v", err)
	}
	if _, err := NewReader(bytes.NewReader(make([]byte, 24))); err == nil {
		t.Error("zeros pass as a pcap file")
	}
}

func TestRead(t *testing.T) {
	var file bytes.Buffer
	w, _ := NewWriter(&file)
	for i, f := range [][]byte{
		frame(40000, 25, 1, flagSyn, ""), frame(25, 40000, 1, flagSyn, ""), frame(25, 40000, 2, 0, "220 hello\r\n"),
	} {
		if err := w.Write(Time(i)*1000, f, len(f)); err != nil {
			t.Fatal(err)
		}
	}
	a, err := Read(&file, 25, InClear)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, a, map[Phase][]int{Connect: {1}, Banner: {1}})
}

func TestDistribute(t *testing.T) {
	var samples []time.Duration
	for i := 1000; i >= 1; i-- {
		samples = append(samples, time.Duration(i))
	}
	want := Distribution{Count: 1000, P50: 500, P90: 900, P99: 990, Max: 1000, Mean: 500}
	if got := Distribute(samples); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := Distribute([]time.Duration{7}); got.P50 != 7 || got.P99 != 7 {
		t.Errorf("one sample: %+v", got)
	}
	if got := Distribute(nil); got != (Distribution{}) {
		t.Errorf("none: %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(frame(40000, 25, 1, flagSyn, ""), byte(InClear))
	f.Add(frame(40000, 25, 0xfffffff1, 0, "MAIL FROM:<>\r\nDATA\r\n"), byte(InClear))
	f.Add(frame(25, 40000, 8, 0, "250-x\r\n354 y\r\n"), byte(InClear))
	f.Add(frame(40000, 25, 0xfffffff1, 0, framed(recordHandshake, 9)+sealed(36)+sealed(6)), byte(InTLS))
	f.Fuzz(func(t *testing.T, data []byte, beginning byte) {
		a := NewAnalysis(Beginning(beginning))
		for _, s := range newTape(40000, 0).segments {
			a.Add(s)
		}
		if g, ok := Parse(data, 1, 25); ok {
			if len(g.Payload) > g.Length {
				t.Fatalf("%d bytes of a payload of %d", len(g.Payload), g.Length)
			}
			a.Add(g)
		}
		a.Finish()
	})
}
