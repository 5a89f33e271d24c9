package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// relay is a flow without TLS and login.
func relay() loadgen.Flow {
	return loadgen.Flow{
		Name:   "relay",
		Target: loadgen.Target{Network: "tcp", Host: "127.33.0.1", Port: 25},
		Load:   loadgen.Load{Sessions: 1, Messages: 1},
		Mail:   mail.Options{From: "a@example.test", To: []string{"b@example.test"}},
	}
}

// submission is a flow with STARTTLS and a login.
func submission() loadgen.Flow {
	f := relay()
	f.Name, f.Target.Port = "submission", 587
	f.Session.Wire.TLS = sample.TLSStart
	f.Target.TLS = &tls.Config{ServerName: "mail.example.test"}
	f.Session.Accounts = []smtpwire.Credentials{{Username: "bench", Password: "open sesame"}}
	return f
}

// A mistake is a server and a flow that do not fit.
type mistake struct {
	name    string
	server  func(t *testing.T) *fakeServer // nil for one that is as it should be
	flow    loadgen.Flow
	change  func(f *loadgen.Flow)
	resolve loadgen.Resolver

	want    ID     // "" for none
	passing bool   // it may pass
	says    string // a part of what is said
	do      string // a part of what to do
	opened  int    // connections
	within  time.Duration
}

// probeMistake probes the flow, and checks what is found and what the server saw.
func probeMistake(t *testing.T, m mistake) {
	synctest.Test(t, func(t *testing.T) {
		ca := newAuthority(t)
		good, _ := ca.issue(t, "mail.example.test", nil)
		server := &fakeServer{}
		if m.server != nil {
			server = m.server(t)
		}
		if server.tls == nil {
			server.tls = serverTLS(good)
		}
		f := m.flow
		if f.Target.TLS != nil {
			f.Target.TLS = f.Target.TLS.Clone()
			f.Target.TLS.RootCAs = ca.pool()
		}
		if m.change != nil {
			m.change(&f)
		}
		began := time.Now()
		passing, err := Probe(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f}}, Options{Dial: server.dial, Resolve: m.resolve})
		took := time.Since(began)
		server.serving.Wait()

		var faults Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatal(err)
		}
		all := append(passing, faults...)
		switch {
		case m.want == "" && len(all) > 0:
			t.Fatalf("found %v, want nothing", all[0])
		case m.want == "":
		case len(all) != 1:
			t.Fatalf("found %v, want one fault", all)
		case all[0].ID != m.want || all[0].Passing != m.passing:
			t.Errorf("found %s (passing: %v): %v, want %s", all[0].ID, all[0].Passing, all[0], m.want)
		case !strings.Contains(all[0].Error(), m.says) || !strings.Contains(all[0].Do, m.do):
			t.Errorf("it says %q and advises %q, want %q and %q", all[0].Error(), all[0].Do, m.says, m.do)
		}
		if n := server.count("DATA") + server.count("BDAT"); n > 0 {
			t.Errorf("DATA was sent %d times", n)
		}
		if n := server.count("AUTH"); n > 1 {
			t.Errorf("the login was tried %d times", n)
		}
		if m.opened > 0 && server.opened != m.opened {
			t.Errorf("%d connections, want %d", server.opened, m.opened)
		}
		if took > m.within {
			t.Errorf("it took %v, want %v at most", took, m.within)
		}
	})
}

func TestProbe(t *testing.T) {
	starttls := []string{"STARTTLS"}
	logins := []string{"AUTH PLAIN LOGIN", "SIZE 10240000"}
	start := func(change func(t *testing.T, f *fakeServer)) func(t *testing.T) *fakeServer {
		return func(t *testing.T) *fakeServer {
			f := &fakeServer{mode: sample.TLSStart, clear: starttls, secure: logins, answer: map[string]string{}}
			if change != nil {
				change(t, f)
			}
			return f
		}
	}
	says := func(verb, reply string) func(t *testing.T) *fakeServer {
		return start(func(_ *testing.T, f *fakeServer) { f.answer[verb] = reply })
	}
	certificate := func(change func(*x509.Certificate)) func(t *testing.T) *fakeServer {
		return start(func(t *testing.T, f *fakeServer) {
			cert, _ := (*authority)(nil).issue(t, "mail.example.test", change)
			f.tls = serverTLS(cert)
		})
	}
	implicit := func(*testing.T) *fakeServer { return &fakeServer{mode: sample.TLSImplicit, secure: logins} }
	name := func(f *loadgen.Flow) { f.Target.Host = "mail.example.test" }

	for _, m := range []mistake{
		{name: "a good relay", flow: relay(), opened: 1},
		{name: "a good submission", server: start(nil), flow: submission(), opened: 1},
		{name: "a good smtps", server: implicit, flow: submission(), change: func(f *loadgen.Flow) { f.Session.Wire.TLS = sample.TLSImplicit }, opened: 1},
		{name: "wrong password", server: says("auth", "535 5.7.8 Error: authentication failed"), flow: submission(), want: LoginRefused,
			says: "AUTH as bench was answered 535 5.7.8 Error: authentication failed: the name or the password is wrong", do: "auth.password", opened: 1},
		{name: "login refused for now", server: says("auth", "454 4.7.0 Temporary authentication failure"), flow: submission(), want: RefusedForNow, passing: true, says: "AUTH as bench was answered 454"},
		{name: "self-signed", server: certificate(nil), flow: submission(), want: CertificateSelfSigned, says: "signed by itself", do: "target.tls.ca (--ca)", opened: 1},
		{name: "expired", flow: submission(), want: CertificateExpired, says: "expired on ", do: "renew",
			server: certificate(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })},
		{name: "not yet valid", flow: submission(), want: CertificateNotYetValid, says: "is not valid before ",
			server: certificate(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })},
		{name: "wrong name", server: start(nil), flow: submission(), change: func(f *loadgen.Flow) { f.Target.TLS.ServerName = "other.example.test" },
			want: CertificateWrongName, says: "is for mail.example.test, not for other.example.test", do: "target.tls.server_name (--server-name)"},
		{name: "unknown authority", server: start(func(t *testing.T, f *fakeServer) {
			ca := newAuthority(t)
			cert, _ := ca.issue(t, "mail.example.test", nil)
			f.tls = serverTLS(cert, ca)
		}), flow: submission(), want: CertificateUnknownAuthority, says: "its authority CN=test root is not trusted", do: "target.tls.ca (--ca)"},
		{name: "TLS on a plain port", server: says("banner", "220 mail.example.test ESMTP"), flow: submission(), change: func(f *loadgen.Flow) { f.Session.Wire.TLS = sample.TLSImplicit },
			want: TLSOnPlainPort, says: "EHLO offers STARTTLS", do: "tls: starttls", opened: 2},
		{name: "TLS on a slow plain port", server: start(func(_ *testing.T, f *fakeServer) {
			f.delay = map[string]time.Duration{"banner": 1500 * time.Millisecond}
		}),
			flow: submission(), change: func(f *loadgen.Flow) { f.Session.Wire.TLS = sample.TLSImplicit }, want: TLSOnPlainPort, within: 5 * time.Second},
		{name: "plain on a TLS port", server: implicit, flow: relay(), want: PlainOnTLSPort, says: "begins with TLS", do: "tls: implicit", opened: 2, within: time.Second},
		{name: "STARTTLS on a TLS port", server: implicit, flow: submission(), want: PlainOnTLSPort, do: "tls: implicit", opened: 2, within: time.Second},
		{name: "STARTTLS not offered", flow: submission(), want: StartTLSMissing, do: "tls: none", opened: 1},
		{name: "STARTTLS refused", server: says("starttls", "554 no TLS today"), flow: submission(), want: StartTLSRefused, says: "554 no TLS today"},
		{name: "no version in common", server: start(func(t *testing.T, f *fakeServer) {
			cert, _ := newAuthority(t).issue(t, "mail.example.test", nil)
			f.tls = serverTLS(cert)
			f.tls.MinVersion, f.tls.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}), flow: submission(), want: TLSVersion, do: "target.tls.min_version"},
		{name: "AUTH only after STARTTLS", server: start(nil), flow: submission(), change: func(f *loadgen.Flow) { f.Session.Wire.TLS = sample.TLSNone },
			want: AuthNeedsTLS, says: "only after STARTTLS", do: "tls: starttls", opened: 1},
		{name: "AUTH not offered", server: start(func(_ *testing.T, f *fakeServer) { f.secure = nil }), flow: submission(), want: AuthNotOffered, says: "no AUTH under TLS"},
		{name: "no mechanism in common", server: start(func(_ *testing.T, f *fakeServer) { f.secure = []string{"AUTH GSSAPI NTLM"} }), flow: submission(),
			want: AuthNoMechanism, says: "AUTH GSSAPI NTLM", do: "auth.mechanism"},
		{name: "another mechanism asked for", server: start(nil), flow: submission(), change: func(f *loadgen.Flow) { f.Session.Accounts[0].Mechanism = "cram-md5" },
			want: AuthNoMechanism, says: "the flow can use CRAM-MD5"},
		{name: "login demanded", server: says("mail", "530 5.7.0 Authentication required"), flow: relay(), want: LoginDemanded, do: "auth"},
		{name: "TLS demanded", server: says("mail", "530 5.7.0 Must issue a STARTTLS command first"), flow: relay(), want: TLSDemanded, do: "tls: starttls"},
		{name: "sender refused", server: says("mail", "550 5.7.1 not you"), flow: relay(), want: SenderRefused, says: "550 5.7.1 not you", do: "envelope.from"},
		{name: "sender refused at RCPT", server: says("rcpt", "550 5.1.8 <a@example.test>: Sender address rejected: Domain not found"), flow: relay(), want: SenderRefused},
		{name: "recipient refused", server: says("rcpt", "550 5.1.1 no such user"), flow: relay(), want: RecipientRefused, says: "550 5.1.1", do: "envelope.to", opened: 1},
		{name: "recipient refused as expected", server: says("rcpt", "550 5.1.1 no such user"), flow: relay(), opened: 1,
			change: func(f *loadgen.Flow) { f.Expect = sample.Expect([]sample.Class{sample.RecipientUnknown}) }},
		{name: "relaying denied", server: says("rcpt", "554 5.7.1 Relay access denied"), flow: relay(), want: RelayDenied, do: "envelope.to"},
		{name: "greylisted", server: says("rcpt", "450 4.2.0 Greylisted, come back later"), flow: relay(), want: RefusedForNow, passing: true},
		{name: "over SIZE", server: start(func(_ *testing.T, f *fakeServer) { f.clear = []string{"SIZE 2000"} }), flow: relay(), want: MessageTooBig,
			says: "SIZE 2,000, and a message of the flow has 4,096 octets", do: "message.size"},
		{name: "some over SIZE", server: start(func(_ *testing.T, f *fakeServer) { f.clear = []string{"SIZE 5000"} }), flow: relay(),
			change: func(f *loadgen.Flow) { f.Mail.Size = mail.Size{Median: 4096, P99: 8000} }, want: MessageTooBig, passing: true},
		{name: "BDAT not offered", flow: relay(), change: func(f *loadgen.Flow) { f.Session.Wire.BDAT = true }, want: ExtensionMissing, says: "CHUNKING"},
		{name: "connection refused", server: func(*testing.T) *fakeServer { return &fakeServer{refuses: map[string]bool{"127.33.0.1": true}} }, flow: relay(), want: ConnectionRefused,
			says: "connection refused: nothing listens there", do: "the flow's port"},
		{name: "no answer to connect", server: says("connect", "silent"), flow: relay(), want: ConnectTimeout, within: 5 * time.Second},
		{name: "no such name", flow: relay(), change: name, want: NameNotFound, says: "no such host", do: "target.host",
			resolve: func(_ context.Context, _, host string) ([]netip.Addr, error) {
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}},
		{name: "no name server", flow: relay(), change: name, want: LookUpFailed, passing: true,
			resolve: func(_ context.Context, _, host string) ([]netip.Addr, error) {
				return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
			}},
		{name: "one address of two", flow: relay(), change: name, want: AddressUnreachable, passing: true, says: "127.33.0.1:25",
			server: func(*testing.T) *fakeServer { return &fakeServer{refuses: map[string]bool{"127.33.0.1": true}} },
			resolve: func(context.Context, string, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("127.33.0.1"), netip.MustParseAddr("127.33.0.2")}, nil
			}},
		{name: "no service", server: says("banner", "554 no SMTP service here"), flow: relay(), want: BannerRefused, says: "554 no SMTP service here"},
		{name: "busy", server: says("banner", "421 4.7.0 too many connections"), flow: relay(), want: RefusedForNow, passing: true},
		{name: "something else listens", server: says("banner", "SSH-2.0-OpenSSH_9.2"), flow: relay(), want: NotSMTP},
		{name: "hangs up", server: says("banner", "close"), flow: relay(), want: ConnectionLost, passing: true},
		{name: "slow", server: start(func(_ *testing.T, f *fakeServer) { f.delay = map[string]time.Duration{"ehlo": time.Minute} }), flow: relay(), want: Slow, passing: true,
			says: "EHLO got no answer within 8 s", within: Patience},
		{name: "slower than the flow waits", server: start(func(_ *testing.T, f *fakeServer) { f.delay = map[string]time.Duration{"ehlo": time.Minute} }), flow: relay(),
			change: func(f *loadgen.Flow) { f.Timeouts.Command = 2 * time.Second }, want: Slow, passing: true, says: "EHLO got no answer within 2 s", within: 2 * time.Second},
		{name: "slow banner", server: start(func(_ *testing.T, f *fakeServer) { f.delay = map[string]time.Duration{"banner": 5 * time.Second} }), flow: relay(), opened: 2, within: 5 * time.Second},
	} {
		t.Run(m.name, func(t *testing.T) { probeMistake(t, m) })
	}
}

// A password is tried once, whatever number of flows has it. Another account is tried.
func TestAPasswordIsTriedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{clear: []string{"AUTH PLAIN"}, answer: map[string]string{"auth": "535 5.7.8 no"}}
		var p loadgen.Plan
		for i, port := range []int{25, 587, 2525, 26} {
			f := submission()
			f.Name, f.Target.Port, f.Session.Wire.TLS = []string{"a", "b", "c", "d"}[i], port, sample.TLSNone
			if f.Name == "d" {
				f.Session.Accounts[0].Username = "other"
			}
			p.Flows = append(p.Flows, f)
		}
		_, err := Probe(t.Context(), &p, Options{Dial: server.dial})
		server.serving.Wait()
		var faults Faults
		if !errors.As(err, &faults) || len(faults) != 2 {
			t.Fatalf("error %v, want two faults", err)
		}
		if got := strings.Join(faults[0].Flows, " "); got != "a b c" {
			t.Errorf("the first fault is of %s, want a b c", got)
		}
		if n := server.count("AUTH"); n != 2 {
			t.Errorf("%d logins, want one for each account", n)
		}
		if strings.Contains(err.Error(), "open sesame") {
			t.Errorf("the error shows the password: %v", err)
		}
	})
}

// Recipients that a server does not have are no reason to stop if it has others.
func TestSomeRecipientsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := relay()
		f.Mail.To = []string{"nobody@example.test", "b@example.test"}
		server := &fakeServer{unknown: "nobody@example.test"}
		passing, err := Probe(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f}}, Options{Dial: server.dial})
		server.serving.Wait()
		if err != nil || len(passing) != 1 || passing[0].ID != RecipientRefused || !strings.Contains(passing[0].Says, "others were taken") {
			t.Errorf("%v, %v: want a fault that may pass", passing, err)
		}
	})
}

// A stranger is not connected to, and a probe that is canceled ends at once.
func TestProbeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, server := relay(), &fakeServer{delay: map[string]time.Duration{"banner": time.Minute}}
		f.Target.Host = "192.0.2.1"
		_, err := Probe(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f}}, Options{Dial: server.dial})
		if stranger := (*netdrive.StrangerError)(nil); !errors.As(err, &stranger) || server.opened > 0 {
			t.Errorf("%v after %d connections, want a StrangerError", err, server.opened)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err = Probe(ctx, &loadgen.Plan{Flows: []loadgen.Flow{relay()}}, Options{Dial: server.dial})
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 300*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
		server.serving.Wait()
	})
}
