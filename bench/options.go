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
	source []byte
	inline bool
	load   scenarios.LoadOptions
	flow   string
	server net.Addr
	trust  *x509.CertPool
	tls    *tls.Config
}

// YAML gives the scenario itself. The name that Run or Start is given then
// stands in messages, and files the scenario names are relative to its folder.
func YAML(text string) Option {
	return func(s *settings) { s.source, s.inline = []byte(text), true }
}

// Set overrides a field of the scenario: PATH=VALUE, as the command's --set.
func Set(field string) Option {
	return func(s *settings) { s.load.Set = append(s.load.Set, field) }
}

// Flow leaves only one flow of the scenario. Its benchmark has no
// sub-benchmarks.
func Flow(name string) Option {
	return func(s *settings) { s.flow = name }
}

// At has the flows go to a server's address in place of the scenario's target:
// that of a net.Listener of the same test, say. The ports in the scenario are
// then names, and decide about TLS where the flow does not. Where the scenario
// has no target.tls.server_name, certificates have to be for the address, which
// is what httptest's are for.
func At(server net.Addr) Option {
	return func(s *settings) { s.server = server }
}

// Trust has the server's certificate verified by these authorities, in place
// of those that the scenario names.
func Trust(authorities *x509.CertPool) Option {
	return func(s *settings) { s.trust = authorities }
}

// TLS takes the place of all that the scenario says about TLS, apart from when
// a flow turns to it. Without a ServerName it is that of the scenario. Trust
// goes before the config's RootCAs.
func TLS(config *tls.Config) Option {
	return func(s *settings) { s.tls = config }
}

// MayLoad says that host is yours to load, though it is neither this machine
// nor on a private network.
func MayLoad(host string) Option {
	return func(s *settings) { s.load.MayLoad = append(s.load.MayLoad, host) }
}
