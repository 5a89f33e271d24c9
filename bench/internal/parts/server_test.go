package parts

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// listen starts a server that takes every message, and returns its address. The server reads
// as little as it can, and allocates nothing for a connection that is open. So a benchmark
// counts the generator's allocations.
func listen(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed, below
			}
			served.Go(func() { serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		served.Wait() // the clients are gone by then, and so are their connections
	})
	return l.Addr().String()
}

// serve answers one client until it has gone.
func serve(c net.Conn) {
	defer c.Close()
	var d dialogue
	d.out = append(d.out, "220 bench\r\n"...)
	in := make([]byte, 64<<10)
	for {
		if _, err := c.Write(d.out); err != nil {
			return
		}
		n, err := c.Read(in)
		if err != nil {
			return
		}
		d.out = d.out[:0]
		d.take(in[:n])
	}
}

// A dialogue is the server's side of a session: what came, and what to answer.
type dialogue struct {
	content bool   // between 354 and the final dot
	line    []byte // begun and not ended yet
	out     []byte
}

func (d *dialogue) take(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			d.line = append(d.line, p...)
			return
		}
		line := p[:end+1]
		if len(d.line) > 0 {
			d.line = append(d.line, line...)
			line = d.line
		}
		d.answer(line)
		d.line, p = d.line[:0], p[end+1:]
	}
}

var finalDot = []byte(".\r\n")

func (d *dialogue) answer(line []byte) {
	switch {
	case d.content:
		if !bytes.Equal(line, finalDot) {
			return
		}
		d.content = false
		d.out = append(d.out, "250 2.0.0 queued\r\n"...)
	case line[0] == 'E': // EHLO
		d.out = append(d.out, "250-bench\r\n250 PIPELINING\r\n"...)
	case line[0] == 'D': // DATA
		d.content = true
		d.out = append(d.out, "354 go on\r\n"...)
	case line[0] == 'Q': // QUIT
		d.out = append(d.out, "221 bye\r\n"...)
	default:
		d.out = append(d.out, "250 ok\r\n"...)
	}
}
