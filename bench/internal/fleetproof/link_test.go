//go:build linux

package main

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Packets arrive late by the delay and in their order. Some are lost, about as many as are to be.
func TestLinkCarriesPackets(t *testing.T) {
	const packets = 2000
	for _, lost := range []float64{0, 0.01, 1} {
		synctest.Test(t, func(t *testing.T) {
			in, from := net.Pipe()
			to, out := net.Pipe()
			l := &link{}
			l.work.Go(func() {
				l.carry(way{delay: 20 * time.Millisecond, lost: lost}, to, from, rand.New(rand.NewPCG(1, 2)))
				to.Close()
			})
			begun := time.Now()
			go func() {
				for n := range uint32(packets) {
					in.Write(binary.BigEndian.AppendUint32(nil, n))
				}
				in.Close()
			}()
			var got []uint32
			for {
				var packet [4]byte
				if _, err := io.ReadFull(out, packet[:]); err != nil {
					break
				}
				if late := time.Since(begun); late != 20*time.Millisecond {
					t.Fatalf("a packet is late by %v", late)
				}
				got = append(got, binary.BigEndian.Uint32(packet[:]))
			}
			l.work.Wait()
			missing := packets - len(got)
			if !slices.IsSorted(got) || int64(missing) != l.dropped.Load() || int64(len(got)) != l.passed.Load() {
				t.Errorf("%v: %d packets came, in order %v; %d passed, %d dropped", lost, len(got), slices.IsSorted(got), l.passed.Load(), l.dropped.Load())
			}
			if want := lost * packets; float64(missing) < want/2 || float64(missing) > want*2 {
				t.Errorf("%v: %d of %d packets are missing", lost, missing, packets)
			}
		})
	}
}

// TCP goes over a link between two namespaces, and takes at least the delay.
func TestNamespacesAreApart(t *testing.T) {
	y := way{delay: 5 * time.Millisecond}
	l, err := newLink(y, 1)
	if err != nil {
		t.Skipf("needs CAP_SYS_ADMIN and /dev/net/tun for two network namespaces, as root has on a machine of its own: %v", err)
	}
	defer l.close()
	var listener net.Listener
	if err := l.onNear(func() (err error) {
		listener, err = net.Listen("tcp", nearAddress+":0")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if c, err := listener.Accept(); err == nil {
			io.WriteString(c, "hello")
			c.Close()
		}
	}()
	begun := time.Now()
	var conn net.Conn
	if err := l.onFar(func() (err error) {
		conn, err = net.Dial("tcp", listener.Addr().String())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	text, err := io.ReadAll(conn)
	if took := time.Since(begun); err != nil || string(text) != "hello" || took < 2*y.delay {
		t.Errorf("%q after %v, %v", text, took, err)
	}
	if _, err := l.sentAgain(); err != nil || l.passed.Load() == 0 {
		t.Errorf("%v, and %d packets passed", err, l.passed.Load())
	}
}

func TestCounter(t *testing.T) {
	const text = "Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: OutSegs RetransSegs InErrs\nTcp: 120 7 0\n"
	if n, err := counter(text, "Tcp:", "RetransSegs"); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := counter(text, "Udp:", "RetransSegs"); err == nil {
		t.Error("a counter that is not there")
	}
}
