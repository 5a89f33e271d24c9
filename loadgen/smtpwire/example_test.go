package smtpwire_test

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A session with a server that speaks from a script. It answers each write after 1 ms.
func ExampleClient() {
	message := smtpwire.Transaction{
		From:   []byte("a@example.test"),
		To:     [][]byte{[]byte("b@example.test")},
		Dotted: [][]byte{[]byte("Subject: hello\r\n\r\nworld\r\n.\r\n")},
	}
	now := sample.Instant(1)
	var c smtpwire.Client
	c.Start(&smtpwire.Options{Name: "client.example.test"}, nil)
	c.Established(now)
	for _, reply := range []string{
		"220 mx.example.test ESMTP\r\n",
		"250-mx.example.test\r\n250 PIPELINING\r\n",
		"250 ok\r\n250 ok\r\n354 go ahead\r\n",
		"250 queued\r\n",
		"221 bye\r\n",
	} {
		n := 0
		for _, b := range c.Pending() {
			n += len(b)
			fmt.Printf("%q\n", b)
		}
		c.Sent(n, now)
		now += 1e6
		c.Receive([]byte(reply), now)
		quit := false
		for _, e := range c.Events() {
			switch e.Kind {
			case smtpwire.Timed:
				fmt.Println(" ", e.Phase, e.End.Sub(e.Start))
			case smtpwire.MessageEnded:
				fmt.Println(" ", e.Outcome, "for", e.Accepted)
				quit = true
			}
		}
		if c.State() == smtpwire.Ready {
			if quit {
				c.Quit()
			} else {
				c.Send(&message)
			}
		}
	}
	fmt.Println(c.State() == smtpwire.Ended)
	// Output:
	//   banner 1ms
	// "EHLO client.example.test\r\n"
	//   ehlo 1ms
	// "MAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n"
	//   mail+rcpt+data 1ms
	// "Subject: hello\r\n\r\nworld\r\n.\r\n"
	//   body 1ms
	//   message 2ms
	//   accepted for 1
	// "QUIT\r\n"
	//   quit 1ms
	// true
}
