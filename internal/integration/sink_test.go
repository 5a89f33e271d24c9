//go:build integration && linux

package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sink is a process of Postfix's smtp-sink, on a port or a Unix socket.
type sink struct {
	*daemon
	port   int
	socket string
}

// startSink starts smtp-sink on a free port of loopback.
func startSink(t *testing.T, options ...string) *sink {
	t.Helper()
	s := &sink{port: freePort(t, 0)}
	address := fmt.Sprintf("127.0.0.1:%d", s.port)
	s.daemon = startDaemon(t, smtpSink, append(options, "-u", "nobody", address, "1000")...)
	s.awaitListener(t, "tcp", address)
	return s
}

// startSocketSink starts smtp-sink on a Unix socket.
func startSocketSink(t *testing.T, options ...string) *sink {
	t.Helper()
	s := &sink{socket: filepath.Join(serverDir(t), "sink")}
	s.daemon = startDaemon(t, smtpSink, append(options, "-u", "nobody", "unix:"+s.socket, "1000")...)
	s.awaitListener(t, "unix", s.socket)
	return s
}

const smtpSink = "/usr/sbin/smtp-sink"

// TestSocket sends SMTP and LMTP over Unix sockets to smtp-sink, which writes each message into a
// file, so that the test can count them.
func TestSocket(t *testing.T) {
	for _, test := range []struct {
		name    string
		lmtp    bool
		options []string
	}{
		{"SMTP", false, nil},
		{"LMTP", true, []string{"-L"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dumps := filepath.Join(serverDir(t), "dumps")
			if err := os.Mkdir(dumps, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(dumps, 0o777); err != nil { // whatever the umask
				t.Fatal(err)
			}
			s := startSocketSink(t, append(test.options, "-d", dumps+"/")...)
			g := newGaugeWith(t, fmt.Sprintf(`
name: socket
target: {socket: %s, lmtp: %t}
flows:
  local:
    load: {sessions: 5, messages: 200}
    envelope: {from: %s, to: "user{1..50}@example.test", recipients: 3}
`, s.socket, test.lmtp, account), "")
			f := g.run(t).flow(t, "local")
			if f.Messages.Accepted != 200 {
				t.Errorf("%+v, want 200 accepted: %v", f.Messages, f.Errors)
			}
			if got := countFiles(t, dumps); got != 200 {
				t.Errorf("smtp-sink wrote %d messages, want 200", got)
			}
			for _, phase := range []string{"mail+rcpt+data", "body"} { // smtp-sink offers PIPELINING
				if got := f.Phases[phase].Count; got != 200 {
					t.Errorf("%s was timed %d times, want once a message", phase, got)
				}
			}
		})
	}
}

// TestDovecotLMTP delivers to two mailboxes and to one that does not exist. LMTP gives a reply for
// each recipient, and the message counts as accepted if one of them does.
func TestDovecotLMTP(t *testing.T) {
	d := startDovecot(t)
	g := newGaugeWith(t, fmt.Sprintf(`
name: lmtp
target: {socket: %s, lmtp: true}
flows:
  local:
    load: {sessions: 4, messages: 60}
    session: {messages: 5}
    envelope: {from: %s, to: [%s, %s, nobody@example.test], recipients: 3}
`, d.lmtpSocket, account, account, second), "")
	f := g.run(t).flow(t, "local")
	if f.Messages.Accepted != 60 {
		t.Errorf("%+v, want 60 accepted: %v", f.Messages, f.Errors)
	}
	for _, name := range []string{account, second} {
		if got := d.delivered(t, name); got != 60 {
			t.Errorf("dovecot delivered %d messages to %s, want 60", got, name)
		}
	}
	wantFailure(t, f, failure{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1"})
	if len(f.Errors) == 1 && f.Errors[0].Count != 60 {
		t.Errorf("%d recipients were refused, want 60", f.Errors[0].Count)
	}
}

// TestMechanisms authenticates with every mechanism that Dovecot has.
func TestMechanisms(t *testing.T) {
	p := startPostfix(t)
	mechanisms := []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}
	var flows strings.Builder
	for _, m := range mechanisms {
		fmt.Fprintf(&flows, "  %s:\n    auth: {mechanism: %s, username: %s, password: \"${env:SMTP_PASSWORD}\"}\n", m, m, account)
	}
	g := newGaugeWith(t, fmt.Sprintf(`
name: mechanisms
target: {host: 127.0.0.1, tls: {ca: ca.pem, server_name: mail.example.test}}
defaults:
  port: %d
  tls: starttls
  load: {sessions: 2, messages: 6}
  session: {messages: 1}
  envelope: {from: %s, to: %s}
flows:
%s`, p.services[587].Port, account, account, flows.String()), p.ca)
	res := g.run(t)

	for _, m := range mechanisms {
		f := res.flow(t, m)
		if f.Messages.Accepted != 6 || f.Phases["auth"].Count != 6 {
			t.Errorf("%s: %+v, %d authentications, want 6 of each: %v", m, f.Messages, f.Phases["auth"].Count, f.Errors)
		}
	}
	p.settle(t)
	log := p.readLog(t)
	for _, m := range mechanisms {
		if got := strings.Count(log, "sasl_method="+m+","); got != 6 {
			t.Errorf("postfix logged %d messages after %s, want 6", got, m)
		}
	}
}
