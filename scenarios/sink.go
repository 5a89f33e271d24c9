package scenarios

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A SinkPort is a listener that the built-in server needs: the port that it stands
// for, and how it speaks there.
type SinkPort struct {
	Port int
	TLS  sample.TLSMode
	LMTP bool
}

// SinkPorts lists the listeners that a plan's flows need, each once, in the order of
// the flows. It is empty if no flow goes to the sink.
func SinkPorts(p *loadgen.Plan) []SinkPort {
	var ports []SinkPort
	for i := range p.Flows {
		f := &p.Flows[i]
		if port := sinkPort(f); OnSink(f) && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports
}

func sinkPort(f *loadgen.Flow) SinkPort {
	return SinkPort{f.Target.Port, f.Session.Wire.TLS, f.Session.Wire.LMTP}
}

// OnSink tells whether a flow goes to the built-in server.
func OnSink(f *loadgen.Flow) bool {
	return f.Target.Network == "tcp" && f.Target.Host == SinkHost
}

// PlaceSink puts the addresses of a sink that listens into a plan, and makes its
// flows trust the sink's authority: ca is its certificate in PEM. It changes the
// plan; Scenario.Plan makes a new one each time.
func PlaceSink(p *loadgen.Plan, addrs map[SinkPort]string, ca []byte) error {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return errors.New("the sink's authority is not a certificate in PEM")
	}
	for i := range p.Flows {
		f := &p.Flows[i]
		if !OnSink(f) {
			continue
		}
		addr, ok := addrs[sinkPort(f)]
		if !ok {
			return fmt.Errorf("flow %s: the sink has no listener for port %d", f.Name, f.Target.Port)
		}
		f.Target.Dial = addr
		if f.Target.TLS != nil {
			f.Target.TLS.RootCAs = pool
			f.Target.TLS.ServerName = "localhost" // among the names of its certificate
		}
	}
	return nil
}

// UsesSink reports whether a flow goes to the built-in server.
func (s *Scenario) UsesSink() bool {
	return slices.ContainsFunc(s.plan.Flows, func(f loadgen.Flow) bool { return OnSink(&f) })
}

// SinkAccounts are the accounts that the sink has to accept: those of the flows that
// go to it, each name once. If flows have different passwords for a name, the sink
// accepts that of the first flow and rejects the others.
func (s *Scenario) SinkAccounts() []smtpwire.Credentials {
	var accounts []smtpwire.Credentials
	seen := map[string]bool{}
	for i := range s.plan.Flows {
		f := &s.plan.Flows[i]
		if !OnSink(f) {
			continue
		}
		for _, a := range f.Session.Accounts {
			if a.Username != "" && !seen[a.Username] {
				seen[a.Username] = true
				accounts = append(accounts, a)
			}
		}
	}
	return accounts
}

// SinkAuthInClear reports whether a flow authenticates to the sink without TLS.
func (s *Scenario) SinkAuthInClear() bool {
	return slices.ContainsFunc(s.plan.Flows, func(f loadgen.Flow) bool {
		return OnSink(&f) && f.Session.Wire.TLS == sample.TLSNone && len(f.Session.Accounts) > 0
	})
}
