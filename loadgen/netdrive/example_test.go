package netdrive_test

import (
	"fmt"
	"log"
	"net"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A caller sends a line once it is connected, and keeps what comes back.
type caller struct {
	conn   netdrive.Conn
	answer []byte
	over   bool
}

func (c *caller) Connected(sample.Instant, time.Duration) { c.conn.Write([][]byte{[]byte("ping\r\n")}) }
func (c *caller) Secured(_, _ sample.Instant)             {}
func (c *caller) Writable()                               {}
func (c *caller) Broken(error, sample.Instant)            { c.over = true }

func (c *caller) Received(p []byte, _ netdrive.Arrival) {
	c.answer = append(c.answer, p...)
	c.over = true
}

func ExampleDriver() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		server, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		_, _ = server.Read(make([]byte, len("ping\r\n")))
		_, _ = server.Write([]byte("pong\r\n"))
	}()

	driver, err := netdrive.New(time.Now())
	if err != nil {
		log.Fatal(err)
	}
	c := &caller{}
	c.conn = driver.Dial(netdrive.Addr{TCP: listener.Addr().(*net.TCPAddr).AddrPort()}, c)
	for !c.over {
		_, now := driver.Now()
		driver.Wait(now+time.Second, now+time.Second)
	}
	c.conn.Close()
	if err := driver.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", c.answer)
	// Output: pong
}
