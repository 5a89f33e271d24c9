package smtpwire

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The oracle is the server of go-smtp. It must understand what the client means.

// A delivery is a message as the server received it.
type delivery struct {
	from    string
	to      []string
	content string
}

// An oracle is the server's backend for one session.
type oracle struct {
	user string
	now  delivery
	all  []delivery
}

func (o *oracle) Reset()        { o.now = delivery{} }
func (o *oracle) Logout() error { return nil }

func (o *oracle) Mail(from string, _ *smtp.MailOptions) error {
	o.now.from = from
	return nil
}

func (o *oracle) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	o.now.to = append(o.now.to, to)
	return nil
}

func (o *oracle) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	o.now.content = string(b)
	o.all = append(o.all, o.now)
	return nil
}

func (o *oracle) AuthMechanisms() []string { return []string{sasl.Plain} }

func (o *oracle) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != "secret" {
			return smtp.ErrAuthFailed
		}
		o.user = username
		return nil
	}), nil
}

// consult sends messages ts to the oracle in one session, and returns the oracle with
// the client's events.
func consult(t *testing.T, o Options, cred *Credentials, ts []Transaction) (*oracle, []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	config := &tls.Config{Certificates: certified.TLS.Certificates}
	if o.TLS == sample.TLSImplicit {
		l = tls.NewListener(l, config)
	}
	backend := new(oracle)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return backend, nil }))
	server.Domain, server.LMTP, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "oracle.test", o.LMTP, true, true
	if o.TLS == sample.TLSStart {
		server.TLSConfig = config
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return backend, converse(t, conn, o, cred, ts)
}

// converse is the simplest driver of a client.
func converse(t *testing.T, conn net.Conn, o Options, cred *Credentials, ts []Transaction) (events []string) {
	defer func() { _ = conn.Close() }() // closed already, or not needed any more
	now := func() sample.Instant { return sample.Instant(time.Now().UnixNano()) }
	buf := make([]byte, 4096)
	var c Client
	c.Start(&o, cred)
	c.Established(now())
	for {
		for _, e := range c.Events() {
			events = append(events, describe(e))
		}
		switch c.State() {
		case Ended:
			return events
		case Handshake:
			secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // the oracle has a certificate of the test
			if err := secure.Handshake(); err != nil {
				t.Fatal(err)
			}
			conn = secure
			c.Secured()
			c.Established(now())
			continue
		case Ready:
			if len(ts) == 0 {
				c.Quit()
			} else {
				c.Send(&ts[0])
				ts = ts[1:]
			}
			continue
		}
		if b := bytes.Join(c.Pending(), nil); len(b) > 0 {
			at := now()
			if _, err := conn.Write(b); err != nil {
				t.Fatal(err)
			}
			c.Sent(len(b), at)
		}
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		c.Receive(buf[:n], now())
	}
}

func TestAgainstOracle(t *testing.T) {
	text := "Subject: hi\r\n\r\n.leading dots\r\n..and more\r\n" + strings.Repeat("line of text\r\n", 1000)
	stuffed := strings.ReplaceAll(text, "\r\n.", "\r\n..") + ".\r\n"
	message := func(to ...string) Transaction {
		tr := Transaction{From: []byte("a@example.test"), Size: int64(len(text))}
		for _, a := range to {
			tr.To = append(tr.To, []byte(a))
		}
		tr.Dotted = [][]byte{[]byte(stuffed[:5000]), []byte(stuffed[5000:])}
		tr.Raw = [][]byte{[]byte(text[:5000]), []byte(text[5000:])}
		return tr
	}
	ts := []Transaction{
		message("b@example.test"),
		message("b@example.test", "nobody@example.test", "c@example.test"),
		message("nobody@example.test"),
		message("d@example.test"),
	}
	want := []delivery{
		{"a@example.test", []string{"b@example.test"}, text},
		{"a@example.test", []string{"b@example.test", "c@example.test"}, text},
		{"a@example.test", []string{"d@example.test"}, text},
	}
	outcomes := []string{"message accepted 1+0", "message accepted 2+1", "message rejected 0+1", "message accepted 1+0", "completed"}
	for _, lmtp := range []bool{false, true} {
		for _, mode := range []sample.TLSMode{sample.TLSNone, sample.TLSStart, sample.TLSImplicit} {
			for name, o := range map[string]Options{
				"lockstep":         {Pipelining: sample.Off},
				"pipelined":        {},
				"bdat":             {Pipelining: sample.Off, BDAT: true},
				"chunks":           {Pipelining: sample.Off, BDAT: true, ChunkSize: 3000},
				"pipelined chunks": {BDAT: true, ChunkSize: 3000},
			} {
				o.LMTP, o.TLS = lmtp, mode
				t.Run(fmt.Sprintf("lmtp=%v/tls=%d/%s", lmtp, mode, name), func(t *testing.T) {
					cred := &Credentials{Mechanism: "PLAIN", Username: "tim", Password: "secret"}
					backend, events := consult(t, o, cred, ts)
					ends := slices.DeleteFunc(slices.Clone(events), func(e string) bool {
						return !strings.HasPrefix(e, "message ") && e != "completed"
					})
					if !slices.Equal(ends, outcomes) {
						t.Errorf("ends %q, want %q", events, outcomes)
					}
					if !slices.EqualFunc(backend.all, want, func(a, b delivery) bool {
						return a.from == b.from && slices.Equal(a.to, b.to) && a.content == b.content
					}) {
						t.Errorf("%d deliveries, not the %d meant", len(backend.all), len(want))
					}
					if backend.user != "tim" {
						t.Errorf("authenticated as %q", backend.user)
					}
				})
			}
		}
	}
}

func TestOracleRefusesThePassword(t *testing.T) {
	_, events := consult(t, Options{}, &Credentials{Username: "tim", Password: "wrong"}, nil)
	want := "failed auth: auth-rejected: 535 5.7.8 Authentication failed"
	if last := events[len(events)-1]; last != want {
		t.Errorf("%q, want %q", last, want)
	}
}
