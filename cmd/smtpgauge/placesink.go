package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// placeSink starts the sink a scenario asks for, on free ports, and points the
// plan's flows at it.
func placeSink(ctx context.Context, sc *scenarios.Scenario, p *loadgen.Plan, stderr io.Writer) (*sinkProcess, error) {
	ports := scenarios.SinkPorts(p)
	sink, err := startSink(ctx, orderSink(ports, p, sc.SinkAccounts()), stderr)
	if err != nil {
		return nil, err
	}
	addresses := make(map[scenarios.SinkPort]string)
	for i, address := range sink.ready.Addresses {
		addresses[ports[i]] = address
	}
	if err := scenarios.PlaceSink(p, addresses, sink.ready.CA); err != nil {
		_, stopped := sink.stop()
		return nil, errors.Join(err, stopped)
	}
	return sink, nil
}

// orderSink says what the sink has to be for a plan.
func orderSink(ports []scenarios.SinkPort, p *loadgen.Plan, accounts []smtpwire.Credentials) sinkOrder {
	order := sinkOrder{Descriptors: descriptorsFor(p)}
	for _, port := range ports {
		order.Listeners = append(order.Listeners, smtpsink.Listener{
			Address: "127.0.0.1:0", TLS: sinkModes[port.TLS], LMTP: port.LMTP,
		})
	}
	for _, a := range accounts {
		order.Accounts = append(order.Accounts, smtpsink.Account{Username: a.Username, Password: a.Password})
	}
	// AUTH in clear is offered where the scenario asks for it.
	for i := range p.Flows {
		f := &p.Flows[i]
		if f.Session.Wire.TLS == smtpwire.TLSNone && len(f.Session.Accounts) > 0 {
			order.InsecureAuth = true
		}
	}
	return order
}

var sinkModes = map[smtpwire.TLSMode]smtpsink.Mode{
	smtpwire.TLSNone:     smtpsink.None,
	smtpwire.TLSStart:    smtpsink.StartTLS,
	smtpwire.TLSImplicit: smtpsink.Implicit,
}

// reportSink ends the sink and says what it took.
func reportSink(sink *sinkProcess, stderr io.Writer) {
	counts, err := sink.stop()
	if err != nil {
		fmt.Fprintf(stderr, "warning: %v\n", err)
		return
	}
	fmt.Fprintf(stderr, "sink: %s\n", counts)
}
