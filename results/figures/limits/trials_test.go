package limits

import (
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// trial is a run at a rate, on a server that carries so many messages a second, one by one
// or on all cores.
func trial(offered, carries, cores float64, lone time.Duration, errors ...tally.FailureCount) *Evidence {
	f := healthy(uint64(offered))
	f.committing(lone, 0)
	if offered > carries {
		f.committing(10*lone, 0)
	}
	f.Alone, f.Offered, f.Rate, f.Accepted = true, offered, min(offered, carries), 500
	f.Behind, f.Cores, f.Errors = offered > carries, cores*min(1, offered/carries), errors
	return &Evidence{Flows: []Flow{*f}, Server: &Server{Cores: f.Cores, Of: 2}}
}

// crowded is a trial whose load allows 20 sessions, which were all in use.
func crowded(offered float64, message time.Duration) *Evidence {
	f := healthy(uint64(offered))
	f.waiting(20, 20, message, 2*message)
	f.Offered = offered
	return &Evidence{Flows: []Flow{*f}, Server: &Server{Cores: 0.2, Of: 2}}
}

// alone is one whose load allows a single session.
func alone(offered float64, message time.Duration) *Evidence {
	e := crowded(offered, message)
	f := &e.Flows[0]
	f.Limit, f.Peak, f.Rate = 1, 1, 1/message.Seconds()
	return e
}

func TestTrials(t *testing.T) {
	throttled := failure(sample.Rcpt, sample.Throttled, 450, 80, "4.7.1 slow down")
	for name, test := range map[string]struct {
		trials []*Evidence
		want   []ID
	}{
		"none":                   {nil, nil},
		"one after the other":    {[]*Evidence{trial(20, 140, 0.3, 5*time.Millisecond), trial(400, 140, 0.3, 5*time.Millisecond), trial(130, 140, 0.3, 5*time.Millisecond)}, []ID{OneAtATime}},
		"many at a time":         {[]*Evidence{trial(20, 900, 0.3, 5*time.Millisecond), trial(1800, 900, 0.3, 5*time.Millisecond)}, nil},
		"its cores":              {[]*Evidence{trial(200, 900, 1.95, 2*time.Millisecond), trial(1800, 900, 1.95, 2*time.Millisecond)}, []ID{LatencyWithCPU, ServerCPU}},
		"a limit of a rate":      {[]*Evidence{trial(20, 900, 0.3, 5*time.Millisecond), trial(200, 900, 0.3, 5*time.Millisecond, throttled), trial(400, 900, 0.3, 5*time.Millisecond, throttled)}, []ID{RateLimit}},
		"few sessions":           {[]*Evidence{trial(20, 200, 0.3, 200*time.Millisecond), crowded(120, 200*time.Millisecond), crowded(200, 200*time.Millisecond)}, []ID{SessionsUsedUp}},
		"a server that slows":    {[]*Evidence{trial(20, 200, 0.3, 20*time.Millisecond), crowded(120, 200*time.Millisecond)}, nil},
		"one session":            {[]*Evidence{trial(2, 5, 0.3, 200*time.Millisecond), alone(20, 200*time.Millisecond)}, []ID{SessionsUsedUp}},
		"a rate that it carries": {[]*Evidence{trial(20, 200, 0.3, 5*time.Millisecond), trial(150, 200, 0.3, 5*time.Millisecond)}, nil},
	} {
		var all Trials
		for _, e := range test.trials {
			all.Add(e)
		}
		if list := all.Find(); !slices.Equal(ids(list), test.want) {
			t.Errorf("%s: found %+v, want %q", name, list, test.want)
		}
	}
	var all Trials
	for range 3 {
		all.Add(trial(20, 900, 0.3, 5*time.Millisecond, throttled))
	}
	if f := &all.evidence.Flows[0]; len(f.Errors) != 1 || f.Errors[0].Count != 240 || f.Accepted != 1500 || len(f.Stages) != 3 || f.Stages[0].Errors[0].Count != 80 {
		t.Errorf("three runs together: %+v", f.Errors)
	}
}
