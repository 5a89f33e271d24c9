package bench

import (
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

// An Option changes what a scenario says, for one benchmark.
type Option func(*settings)

type settings struct {
	source  []byte
	inline  bool
	load    scenarios.LoadOptions
	flow    string
	server  net.Addr
	trust   *x509.CertPool
	tls     *tls.Config
	noProbe bool
	shards  int
}

// YAML gives the scenario itself. Messages then use the name that Run or Start gets, and
// files that the scenario names are relative to that name's folder.
func YAML(text string) Option {
	return func(s *settings) { s.source, s.inline = []byte(text), true }
}

// Set overrides a field of the scenario: PATH=VALUE, as the command's --set.
func Set(field string) Option {
	return func(s *settings) { s.load.Set = append(s.load.Set, field) }
}

// Flow chooses one flow of the scenario. The benchmark then has no sub-benchmarks.
func Flow(name string) Option {
	return func(s *settings) { s.flow = name }
}

// At makes the flows connect to a server's address in place of the scenario's target,
// for example to that of a net.Listener of the same test. The ports in the scenario are
// then only names, and decide about TLS if the flow does not. If the scenario has no
// target.tls.server_name, the certificate has to be for the address, as those of
// httptest are.
func At(server net.Addr) Option {
	return func(s *settings) { s.server = server }
}

// Trust makes the client trust these authorities, in place of those that the scenario
// names, whose files need not be there.
func Trust(authorities *x509.CertPool) Option {
	return func(s *settings) { s.trust, s.load.Trust = authorities, authorities }
}

// TLS replaces all that the scenario says about TLS, except when a flow turns to it. If
// config has no ServerName, the scenario's is used. If there is Trust too, it replaces
// the RootCAs of config.
func TLS(config *tls.Config) Option {
	return func(s *settings) { s.tls = config }
}

// MayLoad says that you may load host although it is neither this machine nor on a
// private network.
func MayLoad(host string) Option {
	return func(s *settings) { s.load.MayLoad = append(s.load.MayLoad, host) }
}

// Shards shares the load among so many loops (see gauge.Options). Without it there is one: a server that a benchmark measures is mostly
// on the same machine.
func Shards(n int) Option {
	return func(s *settings) { s.shards = n }
}

// NoProbe leaves out the look at the server before the first message (see
// gauge.Job.Probe).
func NoProbe() Option {
	return func(s *settings) { s.noProbe = true }
}
