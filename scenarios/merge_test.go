package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

const layers = `name: layers
target: {host: 127.0.0.1, family: ipv4, tls: {server_name: a.example.test}}
defaults:
  port: 587
  target: {source: [127.0.0.2]}
  load: {sessions: 5, duration: 10s}
  message: {size: 8KiB, header: {X-One: a, X-Two: b}}
  envelope: {to: [a@example.test, b@example.test]}
  auth: {username: u, password: p}
flows:
  inherits:
  overrides:
    port: 465
    target: {tls: {insecure: true}, source: [127.0.0.3, 127.0.0.4]}
    load: {duration: 20s}
    message: {header: {X-One: null, X-Two: c}}
    envelope: {to: c@example.test}
  other: {target: {host: 127.0.0.9}}
  plain: {port: 25, auth: null}
  open: {load: {sessions: null, rate: 5 sessions/s}}
  sized: {message: {size: {median: 1KiB, p99: 2KiB}}}
`

func TestMerge(t *testing.T) {
	p := mustParse(t, layers)
	flows := map[string]*loadgen.Flow{}
	for i := range p.Flows {
		flows[p.Flows[i].Name] = &p.Flows[i]
	}

	f := flows["inherits"]
	equal(t, "port", f.Target.Port, 587)
	equal(t, "usual mode", f.Session.Wire.TLS, sample.TLSStart)
	equal(t, "family", f.Target.Family, loadgen.IPv4)
	equal(t, "source", len(f.Target.Sources), 1)
	equal(t, "header", f.Mail.Header, map[string]string{"X-One": "a", "X-Two": "b"})
	equal(t, "to", f.Mail.To, []string{"a@example.test", "b@example.test"})

	f = flows["overrides"]
	equal(t, "the mode follows the flow's port", f.Session.Wire.TLS, sample.TLSImplicit)
	equal(t, "tls is merged", f.Target.TLS.ServerName, "a.example.test")
	equal(t, "tls is overridden", f.Target.TLS.InsecureSkipVerify, true)
	equal(t, "a list replaces a list", len(f.Target.Sources), 2)
	equal(t, "load", f.Load, loadgen.Load{Sessions: 5, Duration: 20 * time.Second})
	equal(t, "header", f.Mail.Header, map[string]string{"X-Two": "c"})
	equal(t, "to", f.Mail.To, []string{"c@example.test"})

	equal(t, "host", flows["other"].Target.Host, "127.0.0.9")
	equal(t, "null takes away", len(flows["plain"].Session.Accounts), 0)
	equal(t, "an open load in place of a closed one", flows["open"].Load.Open(), true)
	equal(t, "default limit", flows["open"].Load.MaxSessions, 1000)
	equal(t, "a mapping replaces a scalar", flows["sized"].Mail.Size, mail.Size{Median: 1024, P99: 2048})
	if strings.Contains(string(p.Scenario), "defaults") {
		t.Error("the resolved scenario still has defaults")
	}
}

// A fault under defaults is reported once, however many flows inherit it.
func TestInheritedFaultIsReportedOnce(t *testing.T) {
	_, err := Parse("f.yaml", []byte(strings.Replace(layers, "duration: 10s", "duration: ten", 1)), testOptions())
	if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.HasPrefix(err.Error(), "f.yaml:6:33: duration: ") {
		t.Errorf("got %v", err)
	}
}

// A fault under defaults is reported even if every flow overrides it.
func TestOverriddenDefaultIsChecked(t *testing.T) {
	_, err := Parse("f.yaml", []byte("name: a\ntarget: {host: sink}\ndefaults: {port: x}\nflows: {a: {port: 25, load: {sessions: 1, duration: 1s}}}\n"), testOptions())
	if err == nil || !strings.HasPrefix(err.Error(), "f.yaml:3:18: port: ") {
		t.Errorf("got %v", err)
	}
}

func TestSessionMessages(t *testing.T) {
	for load, want := range map[string]int{
		"{sessions: 2, duration: 1s}":                            0,
		"{sessions: 2, messages: 10}":                            0,
		"{rate: 5 sessions/s, duration: 1s}":                     1,
		"{rate: 5 messages/s, duration: 1s}":                     0,
		"{stages: [{for: 1s, rate: 300 sessions/min}]}":          1,
		"{stages: [{for: 1s, rate: 0.5 message/s}]}":             0,
		"{sessions: 2, duration: 1s, ramp: 1s}":                  0,
		"{rate: 3600 sessions/h, max_sessions: 3, duration: 1s}": 1,
	} {
		p := mustParse(t, "name: a\ntarget: {host: sink}\nflows: {a: {port: 25, load: "+load+"}}\n")
		equal(t, load, p.Flows[0].Session.Messages, want)
		p = mustParse(t, "name: a\ntarget: {host: sink}\nflows: {a: {port: 25, session: {messages: 7}, load: "+load+"}}\n")
		equal(t, load, p.Flows[0].Session.Messages, 7)
	}
}

func TestEachFlowHasMailOfItsOwn(t *testing.T) {
	seeds := func(set ...string) map[string]uint64 {
		m := map[string]uint64{}
		for _, f := range mustParse(t, layers, set...).Flows {
			m[f.Name] = f.Mail.Seed
		}
		return m
	}
	a, b, c := seeds(), seeds(), seeds("seed=2")
	equal(t, "the same seed", a, b)
	unique := map[uint64]bool{}
	for _, m := range []map[string]uint64{a, c} {
		for _, seed := range m {
			unique[seed] = true
		}
	}
	equal(t, "seeds", len(unique), 2*len(a))
}
