package gauge

import (
	"context"
	"errors"
	"fmt"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A Sink starts servers for the flows whose target is sink. Each run starts one and
// stops it.
type Sink interface {
	// Start starts a server, and returns when it listens at all places that order
	// has. To cancel ctx ends the start but not the server, which has to answer
	// until the run has drained.
	Start(ctx context.Context, order SinkOrder) (SinkServer, error)
}

// A SinkServer takes mail until it is stopped.
type SinkServer interface {
	Addresses() []string       // to dial: one for each of the order's listeners, in their order
	CA() []byte                // the certificate authority to trust, in PEM
	Stop() (SinkCounts, error) // ends the server
}

// A SinkOrder says what the server of a scenario must be like. It does not depend on
// which of the scenario's flows are run: otherwise the server would offer a flow
// something else if the flow is run alone.
type SinkOrder struct {
	Listeners    []SinkListener `json:"listeners"` // on free ports of loopback
	Accounts     []SinkAccount  `json:"accounts"`
	InsecureAuth bool           `json:"insecure_auth"` // offer AUTH without TLS too
}

// The parts of a SinkOrder and what it returns are the built-in server's types.
type (
	SinkListener = smtpsink.Listener
	SinkAccount  = smtpsink.Account
	SinkCounts   = smtpsink.Counts
)

// Config returns the order as the built-in server's configuration.
func (o SinkOrder) Config() smtpsink.Config {
	return smtpsink.Config{Listeners: o.Listeners, Accounts: o.Accounts, AllowInsecureAuth: o.InsecureAuth}
}

// orderSink makes the order for the job's scenario.
func (j *Job) orderSink() SinkOrder {
	order := SinkOrder{InsecureAuth: j.scenario.SinkAuthInClear()}
	for _, port := range j.ports {
		order.Listeners = append(order.Listeners, SinkListener{
			Address: "127.0.0.1:0", TLS: port.TLS, LMTP: port.LMTP,
		})
	}
	for _, a := range j.scenario.SinkAccounts() {
		order.Accounts = append(order.Accounts, SinkAccount{Username: a.Username, Password: a.Password})
	}
	return order
}

// place starts the sink and points the plan's flows at it.
func (j *Job) place(ctx context.Context, sink Sink) (SinkServer, error) {
	server, err := sink.Start(ctx, j.orderSink())
	if err != nil {
		return nil, err
	}
	if err := j.pointAt(server); err != nil {
		_, stopped := server.Stop()
		return nil, errors.Join(err, stopped)
	}
	return server, nil
}

func (j *Job) pointAt(server SinkServer) error {
	listening := server.Addresses()
	if len(listening) != len(j.ports) {
		return fmt.Errorf("start the sink: it listens on %d ports, but the order has %d", len(listening), len(j.ports))
	}
	addresses := make(map[scenarios.SinkPort]string, len(listening))
	for i, address := range listening {
		addresses[j.ports[i]] = address
	}
	return scenarios.PlaceSink(j.Plan, addresses, server.CA())
}

// inProcess is a Sink that shares the process with the generator.
type inProcess struct{}

func (inProcess) Start(_ context.Context, order SinkOrder) (SinkServer, error) {
	server, err := smtpsink.Start(order.Config())
	if err != nil {
		return nil, fmt.Errorf("start the sink: %w", err)
	}
	return inProcessServer{server}, nil
}

type inProcessServer struct{ server *smtpsink.Server }

func (s inProcessServer) CA() []byte { return s.server.CAPEM() }

func (s inProcessServer) Addresses() []string {
	var list []string
	for _, address := range s.server.Addrs() {
		list = append(list, address.String())
	}
	return list
}

func (s inProcessServer) Stop() (SinkCounts, error) {
	err := s.server.Close()
	return s.server.Counts(), err
}
