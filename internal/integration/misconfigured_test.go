//go:build integration && linux

package integration

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	mailHost  = "mail.example.test" // what certificates are for
	cleanHost = "127.38.0.1"        // where nothing is wrong
	trustHost = "127.38.0.2"        // the same, but it relays for its own machine, as Debian's Postfix does
	openHost  = "203.0.113.38"      // an address that looks like one of the Internet
)

// TestMisconfigured looks at Postfix as it should be, and then with one thing wrong at a time.
// All are services of one instance.
func TestMisconfigured(t *testing.T) {
	ownNetwork(t, `
127.0.0.1    localhost
127.38.0.1   two.example.test three.example.test
127.38.0.99  two.example.test
10.38.0.9    three.example.test
203.0.113.38 abroad.example.test
`, netip.MustParseAddr(openHost))
	all := misconfigurations()
	p := newPostfix(t)
	services := fourPorts(cleanHost)
	for i := range all {
		if m := &all[i]; m.host != cleanHost {
			m.host = cmp.Or(m.host, fmt.Sprintf("127.38.0.%d", 10+i))
			services = append(services, m.service(t, p, fmt.Sprintf("m%d", i)))
		}
	}
	services = append(services, &service{Name: "trusting", Nominal: 25, Host: trustHost, Port: 25, Options: []string{
		"mynetworks=127.0.0.0/8", "smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination",
	}})
	p.start(t, services)

	g := newGaugeWith(t, cleanScenario, p.ca)
	login := []string{"--user", account, "--ca", "ca.pem", "--server-name", mailHost, "--to", account}
	for _, args := range [][]string{{g.scenario}, append(login, cleanHost), append(login[2:], trustHost+":25"), append(login, cleanHost+":465", "--send")} {
		if found := besideSlow(g.check(t, args...)); len(found) > 0 {
			t.Errorf("check %q of a server in which nothing is wrong found %q", args, found)
		}
	}
	for _, m := range all {
		g := newGaugeWith(t, m.scenario(), p.ca)
		args := []string{g.scenario}
		if m.flow == "" {
			args = append([]string{fmt.Sprintf("%s:%d", cmp.Or(m.target, m.host), m.port)}, login...)
			if m.port == 25 {
				args = slices.Delete(args, 1, 3) // nobody logs in there
			}
			args = append(args, m.flags...)
		}
		found := g.check(t, args...)
		if !strings.HasSuffix(m.want, " slow-banner") {
			found = besideSlow(found)
		}
		if len(found) != 1 || !strings.HasPrefix(found[0].String(), m.want+": ") || !strings.Contains(found[0].Says, m.says) {
			t.Errorf("%s: found %q, want %s alone, with %q", m.name, found, m.want, m.says)
		}
	}
}

// cleanScenario has what the four ports are for.
const cleanScenario = `
name: clean
target: {host: ` + cleanHost + `, tls: {ca: ca.pem, server_name: ` + mailHost + `}}
defaults:
  load: {sessions: 4, messages: 40}
  envelope: {from: ` + account + `, to: ` + account + `}
flows:
  relay: {port: 25}
  relay-tls: {port: 25, tls: starttls}
  submission: {port: 587, auth: &login {username: ` + account + `, password: "${env:SMTP_PASSWORD}"}}
  smtps: {port: 465, auth: *login}
  fallback: {port: 2525, auth: *login}
`

// A finding is one of check --format json.
type finding struct{ ID, Grade, Target, Says, Do string }

func (f finding) String() string {
	return fmt.Sprintf("%s %s: %s: %s", f.Grade, f.ID, f.Target, f.Says)
}

// check looks at a server, and returns the errors and warnings about it. What it says
// of this machine, which may be busy, is left out.
func (g *gauge) check(t *testing.T, args ...string) (found []finding) {
	t.Helper()
	cmd := g.command(t, append([]string{"check", "--format", "json"}, args...)...)
	cmd.Env = append(cmd.Env, "SMTPGAUGE_PASSWORD="+password)
	began := time.Now()
	out, err := cmd.Output()
	var parsed struct{ Findings []finding }
	if failed := json.Unmarshal(out, &parsed); failed != nil {
		t.Fatalf("check %q: %v: %v", args, err, failed)
	}
	failed := false
	for _, f := range parsed.Findings {
		failed = failed || f.Grade == "error"
		if (f.Grade == "error" || f.Grade == "warning") && f.Target != "this machine" {
			found = append(found, f)
		}
		if f.Grade != "ok" && f.Grade != "note" && f.Do == "" {
			t.Errorf("%s does not say what to do", f.ID)
		}
	}
	t.Logf("check %q took %v", args, time.Since(began).Round(time.Millisecond))
	want := 0
	if failed {
		want = 3
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("check %q: exit code %d, want %d", args, code, want)
	}
	return found
}

// besideSlow leaves out that steps took long: the machine may be busy.
func besideSlow(found []finding) []finding {
	return slices.DeleteFunc(found, func(f finding) bool { return f.ID == "slow-banner" || f.ID == "slow-step" })
}

// A misconfiguration is a service of Postfix in which one thing is wrong, and how it is looked
// at. Beside that, the service is as its port usually is.
type misconfiguration struct {
	name     string
	port     int
	host     string                                     // where the service is; "" for an address of its own
	settings []string                                   // of the service
	identity func(t *testing.T, a *authority) *identity // nil for the usual one
	target   string                                     // what is looked at; "" for the host
	flow     string                                     // lines of a flow, to look at that; "" for a server
	flags    []string                                   // for a server, beside those for login and certificate
	want     string                                     // grade and id of the one finding that is worse than a note
	says     string                                     // a part of it
}

// service returns the service, with a certificate of its own if it needs one.
func (m *misconfiguration) service(t *testing.T, p *postfix, name string) *service {
	t.Helper()
	s := &service{Name: name, Nominal: m.port, Host: m.host, Port: m.port, Options: append(slices.Clone(usual[m.port]), m.settings...)}
	if m.identity != nil {
		m.identity(t, p.authority).write(t, p.dir, name)
		file := filepath.Join(p.dir, name)
		s.Options = append(s.Options, "smtpd_tls_cert_file="+file+".pem", "smtpd_tls_key_file="+file+".key")
	}
	return s
}

// scenario has one flow, which the service does not fit.
func (m *misconfiguration) scenario() string {
	return fmt.Sprintf(`
name: misconfigured
target: {host: %s, tls: {ca: ca.pem, server_name: %s}}
flows:
  flow:
    port: %d
    load: {sessions: 4, messages: 40}
    envelope: {from: %s, to: %s}
%s
`, m.host, mailHost, m.port, account, account, indent(m.flow))
}

// misconfigurations has the mistakes that people make.
func misconfigurations() []misconfiguration {
	dated := func(from, to time.Duration) func(t *testing.T, a *authority) *identity {
		return func(t *testing.T, a *authority) *identity {
			return a.issue(t, mailHost, func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to)
			})
		}
	}
	const day = 24 * time.Hour
	return []misconfiguration{
		{name: "expired", port: 587, identity: dated(-90*day, -2*day), want: "error certificate-expired", says: "expired on"},
		{name: "not yet valid", port: 465, identity: dated(2*day, 90*day), want: "error certificate-not-yet-valid", says: "not valid before"},
		{name: "expires soon", port: 587, identity: dated(-80*day, 5*day+time.Hour), want: "warning certificate-expires-soon", says: "in 5 days"},
		{name: "wrong name", port: 587, identity: func(t *testing.T, a *authority) *identity { return a.issue(t, "old.example.test", nil) },
			want: "error certificate-wrong-name", says: "is for old.example.test, not for " + mailHost},
		{name: "self-signed", port: 465, identity: func(t *testing.T, _ *authority) *identity { return (*authority)(nil).issue(t, mailHost, nil) },
			want: "error certificate-self-signed", says: "signed by itself"},
		{name: "unknown authority", port: 587, identity: func(t *testing.T, _ *authority) *identity {
			other := newAuthority(t, "somebody else")
			i := other.issue(t, mailHost, nil)
			i.chain = append(i.chain, other.cert)
			return i
		}, want: "error certificate-unknown-authority", says: "somebody else"},
		{name: "chain incomplete", port: 587, identity: func(t *testing.T, a *authority) *identity {
			between := a.issue(t, "between", isAuthority)
			return (&authority{between.chain[0], between.key}).issue(t, mailHost, nil)
		}, want: "error certificate-chain-incomplete", says: "CN=between is not among those trusted"},
		{name: "STARTTLS missing", port: 587, settings: []string{"smtpd_tls_security_level=none"},
			want: "error starttls-missing", says: "without STARTTLS"},
		{name: "AUTH before TLS", port: 587, settings: []string{"smtpd_tls_security_level=may", "smtpd_tls_protocols=>=TLSv1.2", "smtpd_tls_auth_only=no"},
			want: "warning auth-before-tls", says: "AUTH PLAIN"},
		{name: "no mechanism in common", port: 587, settings: []string{"smtpd_sasl_mechanism_filter=external"},
			want: "error auth-no-mechanism", says: "EHLO offers AUTH EXTERNAL"},
		{name: "no AUTH", port: 587, settings: []string{"smtpd_sasl_auth_enable=no"},
			want: "error auth-not-offered", says: "no AUTH under TLS"},
		{name: "TLS 1.0 only", port: 587, settings: []string{"smtpd_tls_protocols=TLSv1", "tls_medium_cipherlist=ALL:@SECLEVEL=0", "smtpd_tls_mandatory_protocols=TLSv1"},
			want: "error tls-version", says: "the server has TLS 1.0 and nothing newer"},
		{name: "TLS 1.0 too", port: 465, settings: []string{"smtpd_tls_protocols=>=TLSv1", "tls_medium_cipherlist=ALL:@SECLEVEL=0", "smtpd_tls_mandatory_protocols=>=TLSv1"},
			want: "warning tls-old-version", says: "takes TLS 1.1"},
		{name: "SIZE too small", port: 25, settings: []string{"message_size_limit=10240"}, flow: "message: {size: 64KiB}",
			want: "error message-too-big", says: "SIZE 10,240"},
		{name: "open relay", port: 25, host: openHost, settings: []string{"mynetworks=0.0.0.0/0", "smtpd_relay_restrictions=permit_mynetworks,reject_unauth_destination"}, flags: []string{"--i-may-load", openHost},
			want: "error open-relay", says: "it is an open relay"},
		{name: "one session an address", port: 25, settings: []string{"smtpd_client_connection_count_limit=1"},
			want: "error session-limit", says: "holds 1 session at once"},
		{name: "slow banner", port: 25, settings: []string{"smtpd_delay_reject=no", "smtpd_client_restrictions=sleep 2"},
			want: "warning slow-banner", says: "the banner took 2."},
		{name: "plain on a port of TLS", port: 465, settings: []string{"smtpd_tls_wrappermode=no"},
			want: "error tls-on-plain-port", says: "EHLO offers STARTTLS"},
		{name: "TLS on a plain port", port: 587, settings: []string{"smtpd_tls_wrappermode=yes"},
			want: "error plain-on-tls-port", says: "begins with TLS"},
		{name: "recipient refused", port: 25, settings: []string{"relay_recipient_maps=inline:{ second@example.test=ok }"},
			want: "error recipient-refused", says: "550 5.1.1"},
		{name: "unreachable address beside a good one", port: 587, host: cleanHost, target: "two.example.test",
			want: "warning address-unreachable", says: "127.38.0.99:587"},
		{name: "address without a route beside a good one", port: 587, host: cleanHost, target: "three.example.test",
			want: "warning address-unreachable", says: "10.38.0.9:587"},
	}
}
