package scenarios

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/builtin"
)

func TestBuiltins(t *testing.T) {
	want := []string{"connection-storm", "four-ports", "idle-hold", "large-attachments", "many-recipients", "matrix", "morning-peak", "relay-inbound", "submission-587"}
	var names []string
	for _, b := range Builtins() {
		names = append(names, b.Name)
		if b.Description == "" || !bytes.Contains(b.Source, []byte("# ")) {
			t.Errorf("%s: nothing to learn from it", b.Name)
		}
		s, err := Load("builtin:"+b.Name, LoadOptions{LookupEnv: func(string) (string, bool) { return "", false }})
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		equal(t, "name", s.Name(), b.Name)
		p := s.Plan()
		if !s.UsesSink() || len(SinkPorts(p)) == 0 || len(s.Criteria().Thresholds) == 0 {
			t.Errorf("%s: not against the sink, or nothing to meet", b.Name)
		}
		if err := s.CheckTarget(t.Context(), p); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		longest := time.Minute
		if b.Name == "matrix" {
			longest = 90 * time.Second // it has many flows, and needs many rounds of them
		}
		if d := length(p); d > longest {
			t.Errorf("%s lasts %v", b.Name, d)
		}
	}
	equal(t, "names", names, want)
}

// length is how long a plan lasts, if its flows are limited by time.
func length(p *loadgen.Plan) time.Duration {
	var flows []time.Duration
	for _, f := range p.Flows {
		d := p.Warmup + f.Load.Duration
		if f.Load.Open() {
			d = p.Warmup + pace.New(f.Load.Stages, f.Load.Process, 1).Duration()
		}
		flows = append(flows, d)
	}
	total := slices.Max(flows)
	if p.InTurn {
		total = 0
		for _, d := range flows {
			total += d
		}
	}
	return total * time.Duration(max(p.Rounds, 1))
}

func TestDemoIsShort(t *testing.T) {
	s, err := Load("builtin:four-ports", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := length(s.Plan()); d > 12*time.Second {
		t.Errorf("the demo lasts %v: with its build, it is to be done in 20 s", d)
	}
}

// The built-in scenarios do what their comments say.
func TestBuiltinsDoWhatTheySay(t *testing.T) {
	flow := func(name string, i int) loadgen.Flow {
		s, err := Load("builtin:"+name, LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s.Plan().Flows[i]
	}
	if f := flow("idle-hold", 0); f.Load.Sessions < 2000 || f.Session.Think <= f.Load.Duration || f.Load.Ramp == 0 {
		t.Errorf("idle-hold does not hold: %+v", f.Load)
	}
	if f := flow("connection-storm", 0); f.Session.Messages != 1 || f.Load.Unit != loadgen.Sessions {
		t.Errorf("connection-storm keeps connections: %+v", f)
	}
	if f := flow("connection-storm", 1); f.Load.Stages[0].From != 100 || f.Load.MaxSessions != 2000 {
		t.Errorf("connection-storm over TLS: %+v", f.Load)
	}
	if f := flow("relay-inbound", 0); f.Load.Process != pace.Poisson || !f.Load.Open() || f.Target.Port != 25 {
		t.Errorf("relay-inbound does not arrive at random: %+v", f)
	}
	if f := flow("submission-587", 0); len(f.Session.Accounts) != 10 || f.Mail.Columns == nil {
		t.Errorf("submission-587 has no accounts: %+v", f.Session)
	}
	if f := flow("many-recipients", 0); f.Mail.Recipients != 100 {
		t.Errorf("many-recipients has %d", f.Mail.Recipients)
	}
	if f := flow("matrix", 1); f.Session.Wire.Pipelining != sample.On || f.Session.Messages != 10 {
		t.Errorf("matrix: the second flow is set apart by more than pipelining: %+v", f.Session)
	}
	if f := flow("matrix", 2); f.Session.Wire.TLS != sample.TLSStart || f.Target.Port != 25 {
		t.Errorf("matrix: the third flow is not the first with STARTTLS: %+v", f.Session)
	}
	if f := flow("large-attachments", 0); len(f.Mail.Attach) != 2 || f.Timeouts.Body != 2*time.Minute || f.Timeouts.Connect != 5*time.Second {
		t.Errorf("large-attachments: %+v", f.Timeouts)
	}
}

func TestStarter(t *testing.T) {
	if _, err := Parse("starter.yaml", builtin.Starter(), LoadOptions{}); err != nil {
		t.Error(err)
	}
}
