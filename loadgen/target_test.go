package loadgen

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// answers returns a Resolver that gives these answers, one at each call, and then the
// last one again and again. "nx" means that there is no such name.
func answers(list ...string) Resolver {
	n := 0
	return func(_ context.Context, _, host string) ([]netip.Addr, error) {
		said := list[min(n, len(list)-1)]
		n++
		if said == "nx" {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		var addrs []netip.Addr
		for a := range strings.FieldsSeq(said) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		return addrs, nil
	}
}

// The addresses of each look-up are checked, whatever an earlier one returned.
func TestEveryLookUpIsJudged(t *testing.T) {
	for _, test := range []struct {
		name     string
		answers  []string
		mayLoad  []string
		rounds   int
		dials    int    // that reach the server
		stranger string // in the error, or in the report if something ran
	}{
		{"private", []string{"10.0.0.1"}, nil, 2, 2, ""},
		{"public", []string{"192.0.2.1"}, nil, 2, 0, "192.0.2.1"},
		{"one of several is public", []string{"10.0.0.1 192.0.2.1"}, nil, 1, 0, "192.0.2.1"},
		{"mapped", []string{"::ffff:8.8.8.8"}, nil, 1, 0, "8.8.8.8"},
		{"turns public in the second round", []string{"127.0.0.1", "192.0.2.1"}, nil, 3, 1, "192.0.2.1"},
		{"not there at first", []string{"nx", "192.0.2.1"}, nil, 2, 0, "192.0.2.1"},
		{"turns private", []string{"192.0.2.1", "127.0.0.1"}, nil, 2, 0, "192.0.2.1"},
		{"named", []string{"192.0.2.1"}, []string{"MAIL.victim.example."}, 2, 2, ""},
		{"another is named", []string{"192.0.2.1"}, []string{"victim.example", "192.0.2.1"}, 1, 0, "192.0.2.1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := plan(Load{Sessions: 1, Messages: 1})
			p.Rounds, p.MayLoad, p.Flows[0].Target.Host = test.rounds, test.mayLoad, "mail.victim.example"
			f := &fakeServer{}
			rec := newTape()
			e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: f.driver, Resolve: answers(test.answers...)})
			if err != nil {
				t.Fatal(err)
			}
			report, err := e.Run(t.Context())
			f.served.Wait()
			if len(f.dials) != test.dials || f.messages != test.dials {
				t.Errorf("%s: %d connections and %d messages reached it, want %d", test.name, len(f.dials), f.messages, test.dials)
			}
			said := ""
			switch stranger := (*netdrive.StrangerError)(nil); {
			case errors.As(err, &stranger):
				said = err.Error()
			case err != nil:
				t.Fatalf("%s: %v", test.name, err)
			default:
				said = report.Lost
			}
			if test.stranger == "" && said != "" || !strings.Contains(said, test.stranger) {
				t.Errorf("%s: %q, want it to name %q", test.name, said, test.stranger)
			}
			if test.stranger != "" && !strings.Contains(said, "flow flow: mail.victim.example ("+test.stranger+") is neither loopback nor private") {
				t.Errorf("%s: %q", test.name, said)
			}
			if n := rec.failures["connect local-limit"]; n != 0 {
				t.Errorf("%s: %d errors were counted in place of ending the run", test.name, n)
			}
		})
	}
}

// An address to dial in place of the host's is judged too.
func TestDialInPlaceIsJudged(t *testing.T) {
	for dial, want := range map[string]bool{"127.0.0.1:2525": true, "[::1]:2525": true, "192.0.2.1:25": false, "[::ffff:192.0.2.1]:25": false} {
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Target.Dial = dial
		_, err := p.LookUp(t.Context(), &p.Flows[0].Target, nil)
		if stranger := (*netdrive.StrangerError)(nil); want && err != nil || !want && !errors.As(err, &stranger) {
			t.Errorf("%s: %v", dial, err)
		}
	}
}

func TestUnresolvedTargetIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Target.Host = "mail.example.test"
		rec, report := runFakeWith(t, p, &fakeServer{}, Options{Resolve: answers("nx")}, nil)
		if rec.failures["resolve resolve"] != 1 || rec.outcomes[sample.Failed] != 1 || !strings.Contains(report.Lost, "no such host") {
			t.Errorf("failures %v, report %+v", rec.failures, report)
		}
	})
}
