package bench

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A subject is what a benchmark measures: a scenario with the options of the test.
type subject struct {
	scenario *scenarios.Scenario
	settings settings
	name     string
	flows    []string
}

// open reads a scenario. If it is wrong, open ends the benchmark, and the test's output
// has each fault as file:line:column: message.
func open(b *testing.B, name string, options []Option) *subject {
	b.Helper()
	s := &subject{name: name}
	for _, option := range options {
		option(&s.settings)
	}
	var err error
	if s.settings.inline {
		s.scenario, err = scenarios.Parse(name, s.settings.source, s.settings.load)
	} else {
		s.scenario, err = scenarios.Load(name, s.settings.load)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, note := range s.scenario.Notes() {
		b.Log(note)
	}
	p := s.scenario.Plan()
	var all []string
	for i := range p.Flows {
		all = append(all, p.Flows[i].Name)
		if s.settings.flow == "" || s.settings.flow == p.Flows[i].Name {
			s.flows = append(s.flows, p.Flows[i].Name)
		}
	}
	if len(s.flows) == 0 {
		b.Fatalf("%s: no flow is named %q: bench.Flow can take %s", name, s.settings.flow, strings.Join(all, ", "))
	}
	return s
}

// job makes a job of one flow of the scenario, which loads the test's own server if
// there is one. It has one round, because -count of go test makes several.
func (s *subject) job(b *testing.B, flow string) *gauge.Job {
	b.Helper()
	job := gauge.NewJob(s.scenario)
	p := job.Plan
	for i := range p.Flows {
		if p.Flows[i].Name == flow {
			p.Flows = p.Flows[i : i+1]
			break
		}
	}
	p.Rounds, p.InTurn, job.Criteria = 1, false, criteria.Criteria{}
	s.trust(&p.Flows[0].Target)
	if err := s.place(&p.Flows[0].Target); err != nil {
		b.Fatalf("%s: flow %s: %v", s.name, flow, err)
	}
	if err := job.Check(); err != nil {
		b.Fatalf("%s: %v: bench.MayLoad says that you may load it", s.name, err)
	}
	return job
}

// probe ends the benchmark if the server cannot take the flow's messages at all.
func (s *subject) probe(b *testing.B, job *gauge.Job) {
	b.Helper()
	if s.settings.noProbe {
		return
	}
	passing, err := job.Probe(b.Context())
	for _, fault := range passing {
		b.Logf("%s: %v: %s", s.name, fault, fault.Do)
	}
	var faults check.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			b.Logf("%s: %v: %s", s.name, fault, fault.Do)
		}
		b.FailNow()
	}
	if err != nil {
		b.Fatalf("%s: %v", s.name, err)
	}
}

// endless removes the end of a load, because testing.B says how many messages there
// are.
func endless(l *loadgen.Load) error {
	if !l.Open() {
		l.Messages, l.Duration = 0, 0
		return nil
	}
	if len(l.Stages) > 1 || l.Stages[0].From != l.Stages[0].To {
		return fmt.Errorf("a benchmark is as long as go test -benchtime says, and stages have lengths of their own: " +
			"give the load a rate, or sessions")
	}
	const years = 10 * 365 * 24 * time.Hour
	l.Stages = slices.Clone(l.Stages) // other plans of the scenario share them
	l.Stages[0].For = years
	return nil
}

// trust applies the options Trust and TLS.
func (s *subject) trust(t *loadgen.Target) {
	if t.TLS == nil {
		return
	}
	if s.settings.tls != nil {
		name := t.TLS.ServerName
		t.TLS = s.settings.tls.Clone()
		if t.TLS.ServerName == "" {
			t.TLS.ServerName = name
		}
	}
	if s.settings.trust != nil {
		t.TLS.RootCAs = s.settings.trust
	}
}

// place points a flow at the test's own server, if there is one.
func (s *subject) place(t *loadgen.Target) error {
	if s.settings.server == nil {
		return nil
	}
	host, network := s.settings.server.String(), s.settings.server.Network()
	switch network {
	case "unix":
		*t = loadgen.Target{Network: network, Host: host, TLS: t.TLS}
		return nil
	case "tcp":
	default:
		return fmt.Errorf("bench.At: %s is an address of %s: want tcp or unix", host, network)
	}
	address, err := netip.ParseAddrPort(host)
	if err != nil {
		return fmt.Errorf("bench.At: %s is not an address and a port", host)
	}
	if ip := address.Addr(); ip.IsUnspecified() { // it listens on every address
		address = netip.AddrPortFrom(loopback(ip), address.Port())
	}
	if t.TLS != nil && t.TLS.ServerName == t.Host {
		t.TLS.ServerName = address.Addr().Unmap().String()
	}
	t.Network, t.Host, t.Dial = network, address.Addr().Unmap().String(), address.String()
	return nil
}

func loopback(of netip.Addr) netip.Addr {
	if of.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}
