package parts

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// envelope is a message of 4 KiB to n recipients.
func envelope(n int) *smtpwire.Transaction {
	t := &smtpwire.Transaction{
		From: []byte("a@example.test"), Size: 4096,
		Dotted: [][]byte{[]byte("Date: now\r\n"), make([]byte, 4000), []byte(".\r\n")},
	}
	for range n {
		t.To = append(t.To, []byte("b@example.test"))
	}
	return t
}

// replies are what a server says to each write of a transaction.
func replies(pipelining sample.Switch, recipients int) [][]byte {
	const ok, goAhead = "250 2.1.0 Ok\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"
	var all [][]byte
	if pipelining == sample.On {
		all = append(all, []byte(strings.Repeat(ok, recipients+1)+goAhead))
	} else {
		for range recipients + 1 {
			all = append(all, []byte(ok))
		}
		all = append(all, []byte(goAhead))
	}
	return append(all, []byte("250 2.0.0 Ok: queued as 4X2Y1Z\r\n"))
}

// exchange takes what the client writes, and gives it a reply.
func exchange(c *smtpwire.Client, reply []byte) {
	n := 0
	for _, b := range c.Pending() {
		n += len(b)
	}
	c.Sent(n, 1)
	c.Receive(reply, 2)
	c.Events()
}

// greet returns when the client is ready to send.
func greet(c *smtpwire.Client, o *smtpwire.Options) {
	c.Start(o, nil)
	c.Established(1)
	c.Receive([]byte("220 mx.example.test ESMTP\r\n"), 2)
	exchange(c, []byte("250-mx.example.test\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n"))
}

// BenchmarkTransaction measures the part of the protocol in a message over an open connection:
// commands go out, and replies come in, are parsed and timed.
func BenchmarkTransaction(b *testing.B) {
	for _, bc := range []struct {
		name       string
		pipelining sample.Switch
		recipients int
	}{
		{"lockstep", sample.Off, 1},
		{"pipelined", sample.On, 1},
		{"pipelined-20", sample.On, 20},
	} {
		b.Run(bc.name, func(b *testing.B) {
			var c smtpwire.Client
			greet(&c, &smtpwire.Options{Pipelining: bc.pipelining})
			message, said := envelope(bc.recipients), replies(bc.pipelining, bc.recipients)
			b.ReportAllocs()
			for b.Loop() {
				c.Send(message)
				for _, r := range said {
					exchange(&c, r)
				}
			}
			if c.State() != smtpwire.Ready {
				b.Fatal("the session broke")
			}
		})
	}
}

// BenchmarkSession measures the same for a connection with one message.
func BenchmarkSession(b *testing.B) {
	var c smtpwire.Client
	o := &smtpwire.Options{Pipelining: sample.On}
	message, said := envelope(1), replies(o.Pipelining, 1)
	b.ReportAllocs()
	for b.Loop() {
		greet(&c, o)
		c.Send(message)
		for _, r := range said {
			exchange(&c, r)
		}
		c.Quit()
		exchange(&c, []byte("221 2.0.0 Bye\r\n"))
		if c.State() != smtpwire.Ended {
			b.Fatal("the session broke")
		}
	}
}
