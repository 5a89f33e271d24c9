package bench

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// A refusal is a gauge.Sink that keeps the order and starts nothing.
type refusal struct{ order gauge.SinkOrder }

var errRefused = errors.New("nothing is started")

func (r *refusal) Start(_ context.Context, order gauge.SinkOrder) (gauge.SinkServer, error) {
	r.order = order
	return nil, errRefused
}

// A benchmark of one flow gets the same server that the command starts for all flows of
// the scenario.
func TestBenchmarksOrderTheSinkOfTheCommand(t *testing.T) {
	ordered := func(job *gauge.Job) gauge.SinkOrder {
		sink := &refusal{}
		if _, err := job.Run(t.Context(), gauge.Options{Sink: sink, FreeCores: freeCores}); !errors.Is(err, errRefused) {
			t.Errorf("error %v, want %v", err, errRefused)
		}
		return sink.order
	}
	flows := 0
	benchmark(t, "1x", func(b *testing.B) {
		s := open(b, "builtin:four-ports", nil)
		whole := gauge.NewJob(s.scenario)
		want := ordered(whole)
		flows = len(s.flows)
		for _, flow := range s.flows {
			if got := ordered(s.job(b, flow)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: ordered %+v, the command %+v", flow, got, want)
			}
		}
	})
	if flows != 4 {
		t.Errorf("%d flows, want 4", flows)
	}
}

// A public host passes the check only if MayLoad names it. The test dials nothing.
func TestMayLoad(t *testing.T) {
	const host = "192.0.2.1"
	checked := false
	benchmark(t, "1x", func(b *testing.B) {
		s := open(b, "relay.yaml", []Option{relay("sessions: 1, duration: 1s"), Set("target.host=" + host), MayLoad(host)})
		for _, flow := range s.flows {
			checked = s.job(b, flow).Plan.Flows[0].Target.Host == host
		}
	})
	if !checked {
		t.Error("a host that may be loaded is refused")
	}
}
