package smtpsink

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/xdg-go/scram"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

var account = Account{Username: "bench@example.test", Password: "secret"}

// connect connects to the sink's listener i, and greets it as its mode requires.
func connect(t *testing.T, s *Server, i int, mode sample.TLSMode) *smtp.Client {
	t.Helper()
	addr := s.Addrs()[i]
	raw, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: pool(t, s), ServerName: "localhost"}
	var c *smtp.Client
	switch mode {
	case sample.TLSNone:
		c = smtp.NewClient(raw)
	case sample.TLSImplicit:
		c = smtp.NewClient(tls.Client(raw, config))
	case sample.TLSStart:
		if c, err = smtp.NewClientStartTLS(raw, config); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestTakesMailOnEveryKindOfPort(t *testing.T) {
	s := mustStart(t, Config{
		Listeners: []Listener{{Address: "127.0.0.1:0"}, {Address: "127.0.0.1:0", TLS: sample.TLSStart}, {Address: "127.0.0.1:0", TLS: sample.TLSImplicit}},
		Accounts:  []Account{account},
	})
	for i, mode := range []sample.TLSMode{sample.TLSNone, sample.TLSStart, sample.TLSImplicit} {
		c := connect(t, s, i, mode)
		if mode != sample.TLSNone {
			if err := c.Auth(sasl.NewPlainClient("", account.Username, account.Password)); err != nil {
				t.Fatalf("%v: AUTH: %v", mode, err)
			}
		}
		to := []string{"a@example.test", "b@example.test"}
		for range 2 {
			if err := c.SendMail("s@example.test", to, strings.NewReader("..dots\r\n.\r\nend\r\n")); err != nil {
				t.Fatalf("%v: %v", mode, err)
			}
		}
		if err := c.Quit(); err != nil {
			t.Fatalf("%v: QUIT: %v", mode, err)
		}
		want := Counts{Connections: 1, Messages: 2, Recipients: 4, Octets: 2 * int64(len("..dots\r\n.\r\nend\r\n"))}
		if mode != sample.TLSNone {
			want.TLS, want.Authenticated = 1, 1
		}
		if got := s.ListenerCounts()[i]; got != want {
			t.Errorf("%v: counts %+v, want %+v", mode, got, want)
		}
	}
	want := "connections 3 (tls 2, errors 0), auth 2 (rejected 0), messages 6 (rejected 0, aborted 0), recipients 12, octets 96"
	if got := s.Counts().String(); got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
}

func TestLMTPOverUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	s := mustStart(t, Config{Listeners: []Listener{{Network: "unix", Address: path, LMTP: true}}})
	raw, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClientLMTP(raw)
	defer c.Close()
	if err := c.Mail("s@example.test", nil); err != nil {
		t.Fatal(err)
	}
	to := []string{"a@example.test", "b@example.test"}
	for _, r := range to {
		if err := c.Rcpt(r, nil); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("hello\r\n")); err != nil {
		t.Fatal(err)
	}
	replies, err := w.CloseWithLMTPResponse()
	if err != nil || len(replies) != len(to) {
		t.Errorf("%d replies, %v; want one for each of %d recipients", len(replies), err, len(to))
	}
	if got := s.Counts(); got.Messages != 1 || got.Recipients != 2 {
		t.Errorf("counts %+v, want one message with two recipients", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestTooBigMessageIsRejected(t *testing.T) {
	s := mustStart(t, Config{Listeners: []Listener{{Address: "127.0.0.1:0"}}, MaxMessage: 10})
	c := connect(t, s, 0, sample.TLSNone)
	err := c.SendMail("s@example.test", []string{"a@example.test"}, strings.NewReader("more than ten octets\r\n"))
	if reply := new(smtp.SMTPError); !errors.As(err, &reply) || reply.Code != 552 {
		t.Errorf("SendMail = %v, want 552", err)
	}
	if got := s.Counts(); got.Rejected != 1 || got.Messages != 0 {
		t.Errorf("counts %+v, want one rejected", got)
	}
}

// With each mechanism the right password gets in, and a wrong one or an unknown user gets a
// 535. All are counted.
func TestMechanisms(t *testing.T) {
	clients := map[string]func(Account) sasl.Client{
		"PLAIN":   func(a Account) sasl.Client { return sasl.NewPlainClient("", a.Username, a.Password) },
		"LOGIN":   func(a Account) sasl.Client { return sasl.NewLoginClient(a.Username, a.Password) },
		"XOAUTH2": func(a Account) sasl.Client { return xoauth2Client(a) },
		"OAUTHBEARER": func(a Account) sasl.Client {
			return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: a.Username, Token: a.Password})
		},
		"CRAM-MD5":      func(a Account) sasl.Client { return cramMD5Client(a) },
		"SCRAM-SHA-1":   func(a Account) sasl.Client { return newSCRAMClient(t, "SCRAM-SHA-1", scram.SHA1, a) },
		"SCRAM-SHA-256": func(a Account) sasl.Client { return newSCRAMClient(t, "SCRAM-SHA-256", scram.SHA256, a) },
	}
	for mechanism, client := range clients {
		t.Run(mechanism, func(t *testing.T) {
			s := mustStart(t, Config{Listeners: []Listener{{Address: "127.0.0.1:0", TLS: sample.TLSImplicit}}, Accounts: []Account{account}})
			if err := connect(t, s, 0, sample.TLSImplicit).Auth(client(account)); err != nil {
				t.Errorf("the right password: %v", err)
			}
			for _, a := range []Account{{account.Username, "wrong"}, {"stranger", account.Password}, {"stranger", ""}} {
				if err := connect(t, s, 0, sample.TLSImplicit).Auth(client(a)); err == nil {
					t.Errorf("%q with %q got in", a.Username, a.Password)
				}
			}
			want := Counts{Connections: 4, TLS: 4, Authenticated: 1, AuthRejected: 3}
			if mechanism == "OAUTHBEARER" || mechanism == "XOAUTH2" {
				want.AuthRejected = 0 // go-smtp's client hangs up at the challenge that says why
			}
			if got := s.Counts(); got != want {
				t.Errorf("counts %+v, want %+v", got, want)
			}
		})
	}
}

// A refused bearer token ends in 535 when the client answers the challenge.
func TestRefusedTokenEndsIn535(t *testing.T) {
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		a, err := newAccounts([]Account{account})
		if err != nil {
			t.Fatal(err)
		}
		s := &session{sink: &Server{accounts: a}, counters: new(counters)}
		server, err := s.Auth(mechanism)
		if err != nil {
			t.Fatal(err)
		}
		first, dummy := "user=x\x01auth=Bearer y\x01\x01", ""
		if mechanism == "OAUTHBEARER" {
			first, dummy = "n,a=x,\x01auth=Bearer y\x01\x01", "\x01"
		}
		challenge, done, err := server.Next([]byte(first))
		if len(challenge) == 0 || done || err != nil {
			t.Errorf("%s: %q, %v, %v; want a challenge that says why", mechanism, challenge, done, err)
		}
		if _, _, err = server.Next([]byte(dummy)); err != smtp.ErrAuthFailed {
			t.Errorf("%s: %v, want 535", mechanism, err)
		}
		if n := s.counters.authRejected.Load(); n != 1 {
			t.Errorf("%s: %d refusals counted, want 1", mechanism, n)
		}
	}
}

func TestAuthIsOfferedOnlyWhereItIsSafe(t *testing.T) {
	for _, insecure := range []bool{false, true} {
		s := mustStart(t, Config{
			Listeners: []Listener{{Address: "127.0.0.1:0"}}, AnyAccount: true, AllowInsecureAuth: insecure,
		})
		c := connect(t, s, 0, sample.TLSNone)
		if err := c.Hello("client.test"); err != nil {
			t.Fatal(err)
		}
		if offered, _ := c.Extension("AUTH"); offered != insecure {
			t.Errorf("AUTH in clear offered: %v, want %v", offered, insecure)
		}
		err := c.Auth(sasl.NewPlainClient("", "anyone", "anything"))
		if (err == nil) != insecure {
			t.Errorf("AUTH in clear with AllowInsecureAuth %v: %v", insecure, err)
		}
	}
}

func TestStartOpensAllOrNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	path := filepath.Join(t.TempDir(), "sock")
	_, err = Start(Config{Listeners: []Listener{
		{Network: "unix", Address: path}, {Address: taken.Addr().String()},
	}})
	if err == nil {
		t.Fatal("Start on a taken port succeeded")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the first listener is still open: %v", err)
	}
	for _, bad := range []Config{
		{},
		{Listeners: []Listener{{Address: "127.0.0.1:0"}}, Accounts: []Account{{}}},
		{Listeners: []Listener{{Address: "127.0.0.1:0"}}, Accounts: []Account{account, account}},
	} {
		if s, err := Start(bad); err == nil {
			s.Close()
			t.Errorf("Start(%+v) succeeded", bad)
		}
	}
}

func TestCertificateHasTheNamesAskedFor(t *testing.T) {
	s := mustStart(t, Config{
		Listeners: []Listener{{Address: "127.0.0.1:0", TLS: sample.TLSImplicit}},
		Hostname:  "host.example", Names: []string{"mail.example.test", "192.0.2.1"},
	})
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "host.example", "mail.example.test", "192.0.2.1"} {
		c, err := tls.Dial("tcp", s.Addrs()[0].String(), &tls.Config{RootCAs: pool(t, s), ServerName: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Close()
	}
	if c, err := tls.Dial("tcp", s.Addrs()[0].String(), &tls.Config{RootCAs: pool(t, s), ServerName: "other.test"}); err == nil {
		c.Close()
		t.Error("the certificate is good for a name that nobody asked for")
	}
	if bytes.Contains(s.CAPEM(), []byte("PRIVATE")) {
		t.Error("CAPEM holds a key")
	}
}

func TestCloseEndsOpenSessions(t *testing.T) {
	s := mustStart(t, Config{Listeners: []Listener{{Address: "127.0.0.1:0"}}})
	c := connect(t, s, 0, sample.TLSNone)
	if err := c.Hello("client.test"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Noop(); err == nil {
		t.Error("the session outlived the sink")
	}
}

// The client sides that go-sasl does not have.

type steps func(challenge []byte) ([]byte, error)

type stepClient struct {
	mechanism string
	initial   []byte
	next      steps
}

func (c *stepClient) Start() (string, []byte, error)        { return c.mechanism, c.initial, nil }
func (c *stepClient) Next(challenge []byte) ([]byte, error) { return c.next(challenge) }

func cramMD5Client(a Account) sasl.Client {
	return &stepClient{mechanism: "CRAM-MD5", next: func(challenge []byte) ([]byte, error) {
		mac := hmac.New(md5.New, []byte(a.Password))
		mac.Write(challenge)
		return []byte(a.Username + " " + hex.EncodeToString(mac.Sum(nil))), nil
	}}
}

func xoauth2Client(a Account) sasl.Client {
	return &stepClient{
		mechanism: "XOAUTH2",
		initial:   []byte("user=" + a.Username + "\x01auth=Bearer " + a.Password + "\x01\x01"),
		next:      func([]byte) ([]byte, error) { return nil, errors.New("refused") },
	}
}

func newSCRAMClient(t *testing.T, mechanism string, hash scram.HashGeneratorFcn, a Account) sasl.Client {
	client, err := hash.NewClient(a.Username, a.Password, "")
	if err != nil {
		t.Fatal(err)
	}
	conversation := client.NewConversation()
	first, err := conversation.Step("")
	if err != nil {
		t.Fatal(err)
	}
	return &stepClient{mechanism: mechanism, initial: []byte(first), next: func(challenge []byte) ([]byte, error) {
		answer, err := conversation.Step(string(challenge))
		return []byte(answer), err
	}}
}
