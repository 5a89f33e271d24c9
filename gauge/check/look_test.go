package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// farAway is a host that is neither this machine nor on a private network.
const farAway = "203.0.113.1"

// lookAt looks at a server with one flow, and returns what was found.
func lookAt(t *testing.T, server *fakeServer, f loadgen.Flow, o LookOptions) *Report {
	t.Helper()
	o.Dial, o.Elsewhere = server.dial, true
	report, err := Look(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f}, MayLoad: []string{farAway}}, o)
	server.serving.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if !o.Send && server.count("DATA") > 0 {
		t.Error("mail was sent")
	}
	return report
}

// worse returns the ids of the findings that are not ok, with their grades.
func worse(r *Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		if f.Grade != OK {
			list = append(list, f.Grade.String()+" "+string(f.ID))
		}
		if f.Grade < Note && f.Do == "" {
			list = append(list, string(f.ID)+" does not say what to do")
		}
	}
	return list
}

// A spotless server is one in which nothing is wrong, and a flow that fits it.
func spotless(t *testing.T) (*fakeServer, *authority, loadgen.Flow) {
	ca := newAuthority(t)
	cert, _ := ca.issue(t, "mail.example.test", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(90 * 24 * time.Hour) })
	server := &fakeServer{
		mode: sample.TLSStart, tls: serverTLS(cert), clear: []string{"STARTTLS"},
		secure: []string{"AUTH PLAIN", "SIZE 10240000"}, answer: map[string]string{}, delay: map[string]time.Duration{},
		unknown: strangersRecipient,
	}
	f := submission()
	f.Target.TLS.RootCAs = ca.pool()
	f.Load.Sessions = 4
	return server, ca, f
}

func TestLookAtASpotlessServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _, f := spotless(t)
		report := lookAt(t, server, f, LookOptions{})
		if found := worse(report); len(found) > 0 {
			t.Errorf("found %q", found)
		}
		for _, id := range []ID{Reachable, Banner, Extensions, TLS, TLSCurves, Certificate, Login, Envelope, Size, Relaying, Sessions} {
			if !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == id }) {
				t.Errorf("nothing is said of %s", id)
			}
		}
		if n := server.count("AUTH"); n != 1 {
			t.Errorf("%d logins, want one", n)
		}
	})
}

// One thing is wrong with each server, and one finding says so.
func TestLook(t *testing.T) {
	for _, m := range []struct {
		name    string
		change  func(t *testing.T, s *fakeServer, ca *authority, f *loadgen.Flow)
		options LookOptions
		want    string
		says    string
	}{
		{"slow banner", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.delay["banner"] = 2500 * time.Millisecond
		},
			LookOptions{}, "warning slow-banner", "2.50 s: it looks like a delay on purpose"},
		{"reverse DNS", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.delay["banner"] = 10100 * time.Millisecond
		},
			LookOptions{}, "warning slow-banner; note sessions", "reverse DNS"},
		{"tarpit at RCPT", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.delay["rcpt"] = 3 * time.Second },
			LookOptions{}, "warning slow-step", "RCPT took 3.00 s"},
		{"AUTH before TLS", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.clear = append(s.clear, "AUTH=LOGIN PLAIN")
		},
			LookOptions{}, "warning auth-before-tls", "AUTH LOGIN PLAIN in the clear"},
		{"expires soon", func(t *testing.T, s *fakeServer, ca *authority, _ *loadgen.Flow) {
			cert, _ := ca.issue(t, "mail.example.test", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(73 * time.Hour) })
			s.tls = serverTLS(cert)
		}, LookOptions{}, "warning certificate-expires-soon", "in 3 days"},
		{"chain incomplete", func(t *testing.T, s *fakeServer, ca *authority, _ *loadgen.Flow) {
			_, between := ca.issue(t, "intermediate", isAuthority)
			cert, _ := between.issue(t, "mail.example.test", nil)
			s.tls = serverTLS(cert)
		}, LookOptions{}, "error certificate-chain-incomplete", "CN=intermediate is not among those trusted"},
		{"chain complete", func(t *testing.T, s *fakeServer, ca *authority, _ *loadgen.Flow) {
			_, between := ca.issue(t, "intermediate", isAuthority)
			cert, _ := between.issue(t, "mail.example.test", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(20 * 24 * time.Hour) })
			s.tls = serverTLS(cert, between)
		}, LookOptions{}, "", ""},
		{"self-signed, and accepted", func(t *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			cert, _ := (*authority)(nil).issue(t, "mail.example.test", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(20 * 24 * time.Hour) })
			s.tls, f.Target.TLS.InsecureSkipVerify = serverTLS(cert), true
		}, LookOptions{}, "warning certificate-self-signed", "insecure"},
		{"TLS 1.0 only", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.tls.MinVersion, s.tls.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
		}, LookOptions{}, "error tls-version", "the server has TLS 1.0 and nothing newer"},
		{"TLS 1.0 too", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.tls.MinVersion = tls.VersionTLS10 },
			LookOptions{}, "warning tls-old-version", "TLS 1.1"},
		{"wrong password", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.answer["auth"] = "535 5.7.8 no" },
			LookOptions{}, "error login-refused", "535"},
		{"one session an address", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.most = 1 },
			LookOptions{}, "error session-limit", "holds 1 session at once for this address, and 4 are wanted; the next was answered 421 4.7.0 too many"},
		{"as many sessions as the plan has", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.most = 4 }, LookOptions{}, "", ""},
		{"open relay", func(_ *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			s.unknown, f.Target.Host = "", farAway
		},
			LookOptions{}, "error open-relay", "open relay"},
		{"relays for its network", func(_ *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			s.unknown, f.Target.Host = "", "10.33.0.1"
		},
			LookOptions{}, "warning open-relay", "for this machine's network"},
		{"relays for this machine", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.unknown = "" },
			LookOptions{}, "note open-relay", "for this machine"},
		{"a sink", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.unknown = "" },
			LookOptions{TakesAll: func(*loadgen.Flow) bool { return true }}, "", ""},
		{"LIMITS", func(_ *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			s.secure, f.Session.Messages = append(s.secure, "LIMITS MAILMAX=5 RCPTMAX=100"), 10
		}, LookOptions{}, "warning announced-limit", "LIMITS has MAILMAX=5, and the flow has 10 messages in a session"},
		{"LIMITS kept", func(_ *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			s.secure, f.Session.Messages = append(s.secure, "LIMITS MAILMAX=5 RCPTMAX=100"), 5
		}, LookOptions{}, "", ""},
		{"SIZE", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.secure = []string{"AUTH PLAIN", "SIZE 1000"}
		},
			LookOptions{}, "error message-too-big", "SIZE 1,000"},
		{"the recipient is not tried", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.unknown = "@" },
			LookOptions{NoEnvelope: true}, "", ""},
		{"the message is refused", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.answer["."] = "554 5.6.0 spam" },
			LookOptions{Send: true}, "error message-refused", "554 5.6.0 spam"},
		{"no answer to EHLO", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) { s.delay["ehlo"] = time.Hour },
			LookOptions{}, "error slow", "no answer within 30 s"},
		{"refused for now", func(_ *testing.T, s *fakeServer, _ *authority, _ *loadgen.Flow) {
			s.answer["banner"] = "421 4.3.2 come back later"
		}, LookOptions{}, "error refused-for-now", "421 4.3.2"},
		{"TLS 1.0 too, between servers", func(_ *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			s.tls.MinVersion, f.Target.Port, f.Session.Accounts = tls.VersionTLS10, 25, nil
		}, LookOptions{}, "note tls-old-version", "TLS 1.1"},
		{"STARTTLS that the flow does without", func(t *testing.T, s *fakeServer, _ *authority, f *loadgen.Flow) {
			f.Session.Wire.TLS, f.Session.Accounts = sample.TLSNone, nil
			s.answer["starttls"] = "454 4.7.0 TLS not available due to local problem"
		}, LookOptions{}, "warning starttls-refused", "454 4.7.0 TLS not available"},
	} {
		t.Run(m.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, ca, f := spotless(t)
				m.change(t, server, ca, &f)
				report := lookAt(t, server, f, m.options)
				if found := strings.Join(worse(report), "; "); found != m.want {
					t.Fatalf("found %q, want %q: %+v", found, m.want, report.Findings)
				}
				if m.want != "" && !strings.Contains(report.Findings[0].Says, m.says) {
					t.Errorf("it says %q, want %q", report.Findings[0].Says, m.says)
				}
				if n := server.count("AUTH"); n > 1 {
					t.Errorf("%d logins, want one", n)
				}
			})
		})
	}
}

// One message is sent if that is asked for.
func TestLookSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _, f := spotless(t)
		report := lookAt(t, server, f, LookOptions{Send: true})
		if found := worse(report); len(found) > 0 || server.count("DATA") != 1 {
			t.Errorf("found %q, and %d messages were sent", found, server.count("DATA"))
		}
	})
}

// Each address of a name is tried, and the ports of a host need not all be open.
func TestLookAtAddressesAndPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _, f := spotless(t)
		f.Target.Host, server.refuses = "mail.example.test", map[string]bool{"127.33.0.2": true}
		found := lookAt(t, server, f, LookOptions{Options: Options{Resolve: func(context.Context, string, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.33.0.1"), netip.MustParseAddr("127.33.0.2")}, nil
		}}})
		if got := strings.Join(worse(found), "; "); got != "warning address-unreachable" || !strings.Contains(found.Findings[0].Says, "127.33.0.2:587") {
			t.Errorf("found %q: %+v", got, found.Findings)
		}

		closed := f
		closed.Name, closed.Target.Host, closed.Target.Port = "closed", "127.33.0.2", 25
		f.Target.Host = "127.33.0.1"
		for _, c := range []struct {
			flows []loadgen.Flow
			want  string
		}{
			{[]loadgen.Flow{closed, f}, "note connection-refused"},
			{[]loadgen.Flow{closed}, "error connection-refused"},
			{[]loadgen.Flow{closed, closed}, "error connection-refused"},
		} {
			report, err := Look(t.Context(), &loadgen.Plan{Flows: c.flows}, LookOptions{Options: Options{Dial: server.dial}, AnyPort: true, Elsewhere: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(worse(report), "; "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		}
		server.serving.Wait()
	})
}

// A machine without enough of something is told.
func TestOwnSide(t *testing.T) {
	f := relay()
	f.Load.Sessions = 1 << 40
	f.Target.Sources = []netip.Addr{netip.MustParseAddr("192.0.2.77")}
	report := NewReport(ownSide(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f}}))
	for _, id := range []ID{OwnDescriptors, OwnSources} {
		if !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == id && f.Grade == Error && f.Target == ThisMachine }) {
			t.Errorf("no error %s in %+v", id, report.Findings)
		}
	}
}

// A look tries a password once too, and says of the other targets that it stopped.
func TestLookTriesAPasswordOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _, f := spotless(t)
		server.answer["auth"] = "535 5.7.8 no"
		other := f
		other.Name, other.Target.Port = "other", 2525
		report, err := Look(t.Context(), &loadgen.Plan{Flows: []loadgen.Flow{f, other}}, LookOptions{Options: Options{Dial: server.dial}, Elsewhere: true})
		server.serving.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(worse(report), "; "); got != "error login-refused; note login-refused" || server.count("AUTH") != 1 {
			t.Errorf("found %q with %d logins", got, server.count("AUTH"))
		}
	})
}

// LMTP over a Unix socket is looked at as far as that makes sense.
func TestLookAtLMTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := relay()
		f.Target = loadgen.Target{Network: "unix", Host: "/run/lmtp"}
		f.Session.Wire.LMTP = true
		server := &fakeServer{}
		report := lookAt(t, server, f, LookOptions{})
		if got := strings.Join(worse(report), "; "); got != "" || server.count("LHLO") == 0 || server.count("EHLO") > 0 {
			t.Errorf("found %q after %q", got, server.said)
		}
	})
}
