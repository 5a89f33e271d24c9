package gauge_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A recorder is a Sink that keeps the orders, and returns its server; an error if it
// has none.
type recorder struct {
	orders []gauge.SinkOrder
	server gauge.SinkServer
}

var errNoServer = errors.New("no server today")

func (r *recorder) Start(_ context.Context, order gauge.SinkOrder) (gauge.SinkServer, error) {
	r.orders = append(r.orders, order)
	if r.server == nil {
		return nil, errNoServer
	}
	return r.server, nil
}

// A wrongServer does not fit its order.
type wrongServer struct {
	addresses []string
	stopped   bool
}

func (s *wrongServer) Addresses() []string { return s.addresses }
func (s *wrongServer) CA() []byte          { return []byte("no PEM") }
func (s *wrongServer) Stop() (gauge.SinkCounts, error) {
	s.stopped = true
	return gauge.SinkCounts{}, errors.New("stopped badly")
}

// ordered returns the order that a run of a job makes.
func ordered(t *testing.T, job *gauge.Job) gauge.SinkOrder {
	t.Helper()
	sink := &recorder{}
	if _, err := job.Run(t.Context(), gauge.Options{Sink: sink, FreeCores: unknown}); !errors.Is(err, errNoServer) {
		t.Fatalf("error %v, want %v", err, errNoServer)
	}
	return sink.orders[0]
}

func TestSinkOfAScenario(t *testing.T) {
	scenario, err := scenarios.Load("builtin:four-ports", scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	job := gauge.NewJob(scenario)
	want := gauge.SinkOrder{
		Listeners: []gauge.SinkListener{
			{Address: "127.0.0.1:0", TLS: sample.TLSNone},
			{Address: "127.0.0.1:0", TLS: sample.TLSImplicit},
			{Address: "127.0.0.1:0", TLS: sample.TLSStart},
			{Address: "127.0.0.1:0", TLS: sample.TLSStart},
		},
		Accounts: []gauge.SinkAccount{{Username: "bench@example.test", Password: "bench"}},
	}
	if got := ordered(t, job); !reflect.DeepEqual(got, want) {
		t.Errorf("ordered %+v, want %+v", got, want)
	}
	// One flow alone gets the same server.
	all := job.Plan.Flows
	for i := range all {
		job.Plan.Flows = all[i : i+1]
		if got := ordered(t, job); !reflect.DeepEqual(got, want) {
			t.Errorf("for %s alone, ordered %+v, want %+v", all[i].Name, got, want)
		}
	}
}

// The sink offers AUTH in the clear if one of its flows wants that, and only then.
func TestSinkOffersAuthInClearToThoseWhoWantIt(t *testing.T) {
	const auth = "auth: {username: u, password: p}"
	for _, c := range []struct {
		name, flows string
		want        bool
	}{
		{"nobody", "a: {port: 25}", false},
		{"under TLS", "a: {port: 587, " + auth + "}", false},
		{"in clear", "a: {port: 25, " + auth + "}", true},
		{"elsewhere in clear", "a: {port: 25}, b: {port: 25, target: {host: 127.0.0.1}, " + auth + "}", false},
	} {
		job := gauge.NewJob(parse(t, "name: auth\ntarget: {host: sink}\ndefaults: {load: {sessions: 1, messages: 1}}\nflows: {"+c.flows+"}\n"))
		if got := ordered(t, job).InsecureAuth; got != c.want {
			t.Errorf("%s: offered is %v, want %v", c.name, got, c.want)
		}
	}
}

// A sink that does not fit its order is stopped, and nothing is sent.
func TestSinkThatIsNotWhatWasOrdered(t *testing.T) {
	scenario := parse(t, "name: wrong\ntarget: {host: sink}\nflows:\n  relay: {port: 25, load: {sessions: 1, messages: 1}}\n")
	for want, addresses := range map[string][]string{
		"it listens on 2 ports, but the order has 1": {"127.0.0.1:1", "127.0.0.1:2"},
		"authority is not a certificate":             {"127.0.0.1:1"},
	} {
		server := &wrongServer{addresses: addresses}
		result, err := gauge.Run(t.Context(), scenario, gauge.Options{Sink: &recorder{server: server}, FreeCores: unknown})
		if result != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "stopped badly") || !server.stopped {
			t.Errorf("%+v, %v, stopped %v: want %q, and the server stopped", result, err, server.stopped, want)
		}
	}
}
