//go:build integration && linux

package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestRefusals makes Postfix say no in its own words, once for each reason, and checks what the
// command reports.
func TestRefusals(t *testing.T) {
	p := startPostfix(t)
	other := filepath.Join(t.TempDir(), "other.pem")
	newAuthority(t, "somebody else").write(t, other)

	const (
		auth   = "auth: {mechanism: PLAIN, username: " + account + ", password: '" + password + "'}"
		wrong  = "auth: {mechanism: PLAIN, username: " + account + ", password: not the password}"
		known  = "envelope: {from: " + account + ", to: " + account + "}"
		nobody = "envelope: {from: " + account + ", to: nobody@example.test}"
		abroad = "envelope: {from: " + account + ", to: somebody@elsewhere.example}"
	)
	for _, test := range []struct {
		name string
		port int
		flow string // lines of the flow, beside port and load
		want failure
	}{
		{"wrong password", 587, "tls: starttls\n" + wrong + "\n" + known, failure{Phase: "auth", Class: "auth-rejected", Code: 535, Enhanced: "5.7.8"}},
		{"relay denied", 25, "tls: none\n" + abroad, failure{Phase: "rcpt", Class: "relay-denied", Code: 554, Enhanced: "5.7.1"}},
		{"recipient unknown", 25, "tls: none\n" + nobody, failure{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1"}},
		{"too big", 25, "tls: none\nmessage: {size: 2MiB}\n" + known, failure{Phase: "mail", Class: "too-big"}}, // by the SIZE offered, so nothing is sent
		{"no TLS where demanded", 587, "tls: none\n" + known, failure{Phase: "mail", Class: "starttls-missing", Code: 530, Enhanced: "5.7.0"}},
		{"no AUTH offered", 25, "tls: starttls\n" + auth + "\n" + known, failure{Phase: "auth", Class: "auth-missing"}},
		{"unknown authority", 465, "tls: implicit\ntarget: {tls: {ca: " + other + "}}\n" + auth + "\n" + known, failure{Phase: "tls", Class: "tls-certificate"}},
		{"wrong name", 587, "tls: starttls\ntarget: {tls: {server_name: other.example.test}}\n" + auth + "\n" + known, failure{Phase: "tls", Class: "tls-certificate"}},
		{"plain on the TLS port", 465, "tls: none\ntimeouts: {command: 500ms}\n" + known, failure{Phase: "banner", Class: "timeout"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGaugeWith(t, fmt.Sprintf(`
name: refused
target: {host: 127.0.0.1, tls: {ca: ca.pem, server_name: mail.example.test}}
flows:
  refused:
    port: %d
    load: {sessions: 1, messages: 3}
%s
`, p.services[test.port].Port, indent(test.flow)), p.ca)
			f := g.refused(t)
			wantFailure(t, f, test.want)
			if f.Messages.Accepted != 0 {
				t.Errorf("messages were accepted: %+v", f.Messages)
			}
		})
	}
	p.settle(t)
	if got := p.received(t); len(got) != 0 {
		t.Errorf("postfix received %v, and was to refuse everything", got)
	}
}

// TestReplies makes smtp-sink give replies that Postfix gives only in trouble.
func TestReplies(t *testing.T) {
	for _, test := range []struct {
		name    string
		options []string
		tls     string
		want    failure
	}{
		{"greylisted", []string{"-r", "RCPT", "-b", "450 4.7.1 Greylisted, come back later"}, "none",
			failure{Phase: "rcpt", Class: "greylisted", Code: 450, Enhanced: "4.7.1"}},
		{"throttled", []string{"-r", "MAIL", "-b", "451 4.7.0 Too many connections from you"}, "none",
			failure{Phase: "mail", Class: "throttled", Code: 451, Enhanced: "4.7.0"}},
		{"soft", []string{"-r", "DATA", "-b", "451 4.3.0 Try again"}, "none",
			failure{Phase: "data", Class: "tempfail", Code: 451, Enhanced: "4.3.0"}},
		{"hard", []string{"-f", ".", "-B", "554 5.6.0 I do not like it"}, "none",
			failure{Phase: "body", Class: "permfail", Code: 554, Enhanced: "5.6.0"}},
		{"policy", []string{"-f", ".", "-B", "550 5.7.26 Not authenticated mail"}, "none",
			failure{Phase: "body", Class: "policy", Code: 550, Enhanced: "5.7.26"}},
		{"full", []string{"-f", ".", "-B", "552 5.3.4 Too much"}, "none",
			failure{Phase: "body", Class: "too-big", Code: 552, Enhanced: "5.3.4"}},
		{"busy", []string{"-Q", "MAIL"}, "none",
			failure{Phase: "mail", Class: "busy", Code: 421, Enhanced: "4.0.0"}},
		{"busy from the start", []string{"-Q", "CONNECT"}, "none",
			failure{Phase: "banner", Class: "busy", Code: 421, Enhanced: "4.0.0"}},
		{"hung up", []string{"-q", "RCPT"}, "none",
			failure{Phase: "rcpt", Class: "closed"}},
		{"hung up after the dot", []string{"-q", "."}, "none",
			failure{Phase: "body", Class: "closed"}},
		{"no STARTTLS", nil, "starttls",
			failure{Phase: "starttls", Class: "starttls-missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startSink(t, test.options...)
			g := newGaugeWith(t, fmt.Sprintf(`
name: replies
target: {host: 127.0.0.1}
flows:
  refused:
    port: %d
    tls: %s
    load: {sessions: 1, messages: 3}
    envelope: {from: %s, to: %s}
`, s.port, test.tls, account, account), "")
			f := g.refused(t)
			wantFailure(t, f, test.want)
			if unknown := test.name == "hung up after the dot"; unknown != (f.Messages.Unknown > 0) {
				t.Errorf("unknown: %+v", f.Messages)
			}
		})
	}
}

// refused runs the scenario to its end. If no message was answered, the run has failed, and the
// result has nothing but errors.
func (g *gauge) refused(t *testing.T) *flow {
	t.Helper()
	res, exit := g.start(t).end(t)
	f := res.flow(t, "refused")
	if f.Messages.Accepted+f.Messages.Rejected == 0 && (exit != 1 || res.Verdict.Valid) {
		t.Errorf("exit code %d, valid %v, and no message was answered", exit, res.Verdict.Valid)
	}
	return f
}

// indent puts lines under a flow.
func indent(lines string) string {
	return "    " + strings.ReplaceAll(lines, "\n", "\n    ")
}

// wantFailure checks that there are failures of one kind, and of no other.
func wantFailure(t *testing.T, f *flow, want failure) {
	t.Helper()
	if len(f.Errors) != 1 || f.Errors[0].String() != want.String() {
		t.Errorf("errors %v, want %v alone", f.Errors, want)
		return
	}
	if f.Errors[0].Count == 0 || f.Errors[0].Example == "" {
		t.Errorf("no count or no example: %+v", f.Errors[0])
	}
}
