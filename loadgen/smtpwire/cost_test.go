package smtpwire

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// replies are what a server sends after each write of a transaction with n recipients.
func replies(pipelining sample.Switch, n int) [][]byte {
	ok, goAhead := "250 2.1.0 Ok\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"
	var all [][]byte
	if pipelining == sample.On {
		all = append(all, []byte(strings.Repeat(ok, n+1)+goAhead))
	} else {
		for range n + 1 {
			all = append(all, []byte(ok))
		}
		all = append(all, []byte(goAhead))
	}
	return append(all, []byte("250 2.0.0 Ok: queued as 4X2Y1Z\r\n"))
}

// transact drives a client through a transaction as the engine does.
func transact(c *Client, t *Transaction, replies [][]byte, now sample.Instant) (events int) {
	c.Send(t)
	for _, r := range replies {
		n := 0
		for _, b := range c.Pending() {
			n += len(b)
		}
		c.Sent(n, now)
		now++
		c.Receive(r, now)
		events += len(c.Events())
	}
	return events
}

func envelope(n int) *Transaction {
	t := to(n)
	t.Size = 4096
	t.Dotted = [][]byte{[]byte("Date: now\r\n"), make([]byte, 4000), []byte(".\r\n")}
	return &t
}

func TestSuccessAllocatesNothing(t *testing.T) {
	for _, tt := range []struct {
		name       string
		o          Options
		recipients int
		envelope   int // events
	}{
		{"lockstep", Options{}, 1, 3},
		{"lockstep, recipients", Options{}, 20, 22},
		{"pipelined", Options{Pipelining: sample.On}, 1, 1},
		{"pipelined, recipients", Options{Pipelining: sample.On}, 20, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := readyClient(t, &tt.o, "SIZE 10000000")
			mail, said := envelope(tt.recipients), replies(tt.o.Pipelining, tt.recipients)
			events := 0
			allocs := testing.AllocsPerRun(100, func() { events = transact(c, mail, said, 1000) })
			if c.State() != Ready {
				t.Fatalf("state is %d, want Ready", c.State())
			}
			// The envelope, body, message and its end
			if want := tt.envelope + 3; events != want {
				t.Errorf("%d events, want %d", events, want)
			}
			if allocs != 0 {
				t.Errorf("%v allocations a transaction, want none", allocs)
			}
		})
	}
}

// A run may have ten thousand idle clients.
func TestIdleClientIsSmall(t *testing.T) {
	footprint := func(c *Client) int {
		return int(unsafe.Sizeof(*c)) + cap(c.out) + cap(c.vec)*sliceSize + cap(c.queue)*awaitedSize + cap(c.events)*eventSize
	}
	c := readyClient(t, &Options{}, "PIPELINING", "SIZE 10000000", "STARTTLS", "8BITMIME", "CHUNKING", "SMTPUTF8")
	if n := footprint(c); n >= 750 {
		t.Errorf("%d octets after the greeting, want fewer than 750", n)
	}
	transact(c, &small, replies(sample.On, 1), 1000)
	if n := footprint(c); n >= 750 {
		t.Errorf("%d octets after a message, want fewer than 750", n)
	}
	transact(c, envelope(500), replies(sample.On, 99), 1000)
	c.Lost(sample.Closed, "gone", 2000)
	c.Events()
	if n := footprint(c) - int(unsafe.Sizeof(*c)); n > 4*keep {
		t.Errorf("%d octets of buffers after many recipients, want no more than %d", n, 4*keep)
	}
}
