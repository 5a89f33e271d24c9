package bench

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// serve starts the built-in server for a plan whose target it is, until the
// end of the benchmark. It is in this process; the command gives it one of its
// own.
func (s *subject) serve(b *testing.B, p *loadgen.Plan) {
	b.Helper()
	var config smtpsink.Config
	ports := scenarios.SinkPorts(p)
	for _, port := range ports {
		config.Listeners = append(config.Listeners, smtpsink.Listener{Address: "127.0.0.1:0", TLS: sinkModes[port.TLS], LMTP: port.LMTP})
		config.AllowInsecureAuth = config.AllowInsecureAuth || port.TLS == smtpwire.TLSNone
	}
	for _, a := range s.scenario.SinkAccounts() {
		config.Accounts = append(config.Accounts, smtpsink.Account{Username: a.Username, Password: a.Password})
	}
	sink, err := smtpsink.Start(config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := sink.Close(); err != nil {
			b.Errorf("closing the built-in server: %v", err)
		}
	})
	addresses := map[scenarios.SinkPort]string{}
	for i, address := range sink.Addrs() {
		addresses[ports[i]] = address.String()
	}
	if err := scenarios.PlaceSink(p, addresses, sink.CAPEM()); err != nil {
		b.Fatal(err)
	}
}

var sinkModes = map[smtpwire.TLSMode]smtpsink.Mode{
	smtpwire.TLSNone:     smtpsink.None,
	smtpwire.TLSStart:    smtpsink.StartTLS,
	smtpwire.TLSImplicit: smtpsink.Implicit,
}
