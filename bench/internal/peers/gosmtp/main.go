// Gosmtp sends mail by the client of go-smtp, with a goroutine for each session. One can write
// it in an afternoon. It is a yardstick for bench/internal/peers.
//
//	gosmtp [-c] [-s sessions] [-m messages] [-l bytes] [-ca file [-r]] address:port
//
// The flags are those of the floor. -c makes a connection for each message. -s is the number of
// sessions, -m of messages, and -l the size of a message. -ca uses implicit TLS and trusts that
// file, and -r resumes TLS sessions. It does not pipeline, because go-smtp's client cannot.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

const address = "bench@example.test"

type options struct {
	server    string
	sessions  int
	messages  int64
	size      int
	reconnect bool
	tls       *tls.Config
}

func main() {
	o, err := parse()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosmtp:", err)
		os.Exit(2)
	}
	start := time.Now()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "gosmtp:", err)
		os.Exit(1)
	}
	fmt.Printf("messages=%d seconds=%.6f\n", o.messages, time.Since(start).Seconds())
}

func parse() (*options, error) {
	var o options
	flag.IntVar(&o.sessions, "s", 1, "sessions at once")
	flag.Int64Var(&o.messages, "m", 1, "messages, all sessions together")
	flag.IntVar(&o.size, "l", 1024, "bytes of a message, header included")
	flag.BoolVar(&o.reconnect, "c", false, "a connection a message")
	ca := flag.String("ca", "", "use TLS and trust the authorities in this file")
	resume := flag.Bool("r", false, "resume TLS sessions")
	flag.Parse()
	if flag.NArg() != 1 {
		return nil, errors.New("want one address:port")
	}
	o.server = flag.Arg(0)
	if *ca == "" {
		return &o, nil
	}
	pem, err := os.ReadFile(*ca)
	if err != nil {
		return nil, err
	}
	// All clients use the same key exchange.
	o.tls = &tls.Config{RootCAs: x509.NewCertPool(), CurvePreferences: []tls.CurveID{tls.X25519}}
	if !o.tls.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", *ca)
	}
	if *resume {
		o.tls.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return &o, nil
}

// run sends all messages and returns the first error.
func (o *options) run() error {
	message := compose(o.size)
	var begun atomic.Int64
	more := func() bool { return begun.Add(1) <= o.messages }
	var wait sync.WaitGroup
	var once sync.Once
	var failure error
	for range o.sessions {
		wait.Go(func() {
			if err := o.session(message, more); err != nil {
				once.Do(func() { failure = err })
			}
		})
	}
	wait.Wait()
	return failure
}

// session sends until there is nothing more to send. Without -c it connects even if there is
// nothing to send, as a session of the floor does.
func (o *options) session(message []byte, more func() bool) error {
	for {
		if o.reconnect && !more() {
			return nil
		}
		c, err := o.dial()
		if err != nil {
			return err
		}
		if o.reconnect {
			err = send(c, message)
		}
		for !o.reconnect && err == nil && more() {
			err = send(c, message)
		}
		if err == nil {
			err = c.Quit()
		}
		if err != nil {
			c.Close()
			return err
		}
		if !o.reconnect {
			return nil
		}
	}
}

func (o *options) dial() (*smtp.Client, error) {
	var c *smtp.Client
	var err error
	if o.tls != nil {
		c, err = smtp.DialTLS(o.server, o.tls)
	} else {
		c, err = smtp.Dial(o.server)
	}
	if err != nil {
		return nil, err
	}
	if err := c.Hello("gosmtp.example.test"); err != nil { // otherwise it sends EHLO with the first message
		c.Close()
		return nil, err
	}
	return c, nil
}

func send(c *smtp.Client, message []byte) error {
	if err := c.Mail(address, nil); err != nil {
		return err
	}
	if err := c.Rcpt(address, nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return w.Close()
}

// compose makes a message of n bytes in lines of 72, or of its header alone if that is longer.
func compose(n int) []byte {
	m := []byte("From: <" + address + ">\r\nTo: <" + address + ">\r\nSubject: gosmtp\r\n" +
		"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <gosmtp@example.test>\r\n\r\n")
	line := append(bytes.Repeat([]byte("x"), 72), '\r', '\n')
	for len(m)+len(line) <= n {
		m = append(m, line...)
	}
	if rest := n - len(m); rest >= 2 {
		m = append(m, line[len(line)-rest:]...)
	}
	return m
}
