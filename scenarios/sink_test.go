package scenarios

import (
	"os"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

func TestPlaceSink(t *testing.T) {
	s, err := Load("builtin:four-ports", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.UsesSink() {
		t.Error("the sink is not asked for")
	}
	equal(t, "accounts", s.SinkAccounts(), []smtpwire.Credentials{
		{Mechanism: "PLAIN", Username: "bench@example.test", Password: "bench"}})
	p := s.Plan()
	ports := SinkPorts(p)
	equal(t, "ports", ports, []SinkPort{
		{25, sample.TLSNone, false}, {465, sample.TLSImplicit, false},
		{587, sample.TLSStart, false}, {2525, sample.TLSStart, false}})

	ca, err := os.ReadFile("testdata/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	addrs := map[SinkPort]string{}
	for i, port := range ports {
		addrs[port] = []string{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"}[i]
	}
	if err := PlaceSink(p, addrs, ca); err != nil {
		t.Fatal(err)
	}
	for i, f := range p.Flows {
		equal(t, "dial", f.Target.Dial, addrs[ports[i]])
		equal(t, "port", f.Target.Port, ports[i].Port)
		if c := f.Target.TLS; c != nil && (c.ServerName != "localhost" || c.RootCAs == nil || c.InsecureSkipVerify) {
			t.Errorf("%s: TLS is %+v", f.Name, c)
		}
	}
	delete(addrs, ports[3])
	if PlaceSink(s.Plan(), addrs, ca) == nil {
		t.Error("a port without a listener goes unnoticed")
	}
	if PlaceSink(s.Plan(), addrs, []byte("no PEM")) == nil {
		t.Error("an authority that is none goes unnoticed")
	}
}

func TestOnlyFlowsOnTheSinkArePlaced(t *testing.T) {
	const source = `name: two
target: {host: 127.0.0.1}
defaults: {port: 25, load: {sessions: 1, duration: 1s}}
flows:
  real: {auth: {username: a, password: x}}
  built-in: {target: {host: sink, lmtp: true}, auth: {username: b, password: y}}
  again: {target: {host: sink}, auth: {username: b, password: z}}
  external: {target: {host: sink}, auth: {mechanism: EXTERNAL}}
`
	s, err := Parse("two.yaml", []byte(source), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	equal(t, "ports", SinkPorts(p), []SinkPort{{25, sample.TLSNone, true}, {25, sample.TLSNone, false}})
	equal(t, "accounts", s.SinkAccounts(), []smtpwire.Credentials{{Username: "b", Password: "y"}})

	s, err = Parse("base.yaml", []byte(base), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.UsesSink() || SinkPorts(s.Plan()) != nil || s.SinkAccounts() != nil {
		t.Error("a sink nobody asked for")
	}
}
