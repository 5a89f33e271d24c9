package figures_test

import (
	"math"
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

func drifts(r *figures.Result) map[string]*figures.Drift {
	all := map[string]*figures.Drift{"memory": r.Server.Drift["memory"]}
	for name, d := range r.Flow("open").Drift {
		all[name] = d
	}
	return all
}

// shown tells whether a drift is.
func shown(d *figures.Drift) bool { return d.Known && (d.Low > 0 || d.High < 0) }

// Of 200 servers that are as they were, no more are accused than the interval's 95 % allow.
func TestSteadyServerIsNotAccused(t *testing.T) {
	accused, told := map[string]int{}, map[string]int{}
	for seed := range uint64(200) {
		for name, d := range drifts(figures.Of(madeup.Soak{Hours: 1, Noise: 0.1, Seed: seed}.Run(t))) {
			if d.Known {
				told[name]++
			}
			if shown(d) {
				accused[name]++
			}
		}
	}
	for _, name := range []string{"message.p50", "message.p99", "errors", "rate", "memory"} {
		if told[name] < 175 || accused[name] > 10 {
			t.Errorf("%s: %d of 200 steady servers are accused, and of %d it is known", name, accused[name], told[name])
		}
	}
}

// A leak of 1 MB a minute and a slowing of 10 % an hour are found, and told as large as they
// are. What does not change does not seem to.
func TestPlantedDriftIsFound(t *testing.T) {
	const soaks = 20
	found, right := map[string]int{}, map[string]int{}
	truth := map[string]float64{"memory": 60 / (100 + 4.0), "message.p50": 0.1} // the teeth are 4 MB on average
	least := map[string]int{"memory": soaks, "message.p50": 15}                 // an hour is just enough for 10 %
	for seed := range uint64(soaks) {
		for name, d := range drifts(figures.Of(madeup.Soak{Hours: 1, Noise: 0.03, Slowing: 0.1, Leak: 1, Rate: 20, Seed: seed}.Run(t))) {
			if shown(d) {
				found[name]++
			}
			if want, planted := truth[name]; planted && math.Abs(d.PerHour-want) < 0.05 {
				right[name]++
			}
		}
	}
	for name := range truth {
		if found[name] < least[name] || right[name] < soaks-1 {
			t.Errorf("%s: found %d times of %d, and right %d times", name, found[name], soaks, right[name])
		}
	}
	if found["errors"] > 3 || found["rate"] > 3 {
		t.Errorf("what was not planted: %v", found)
	}
}

// A threshold holds only if all of the interval does, and is missed only if none of it does.
func TestThresholdsOnADrift(t *testing.T) {
	res := figures.Of(madeup.Soak{Hours: 1, Noise: 0.03, Slowing: 0.1, Leak: 1, Rate: 20, Seed: 3}.Run(t,
		"open.message.p50.drift < 30%", "open.message.p50.drift < 2%", "open.message.p50.drift < 10%", "server.memory.drift > 5%", "server.memory.drift < 2%",
		"open.errors.drift < 1pp", "open.session.p99.drift < 5%"))
	var states []string
	for _, r := range res.Thresholds {
		switch {
		case r.OK:
			states = append(states, "met")
		case r.Undecided:
			states = append(states, "undecided")
		default:
			states = append(states, "missed")
		}
	}
	want := []string{"met", "missed", "undecided", "met", "missed", "met", "undecided"}
	if !slices.Equal(states, want) {
		t.Errorf("%v, want %v", states, want)
		for _, r := range res.Thresholds {
			t.Log(r.Text())
		}
	}
	if n := len(res.Open()); n != 2 || len(res.Missed()) != 2 {
		t.Errorf("%d undecided", n)
	}
	if text := res.Thresholds[6].Text(); text != "open.session.p99.drift < 5%, but no sample: the phase never ran" {
		t.Error(text)
	}
}

// An undecided threshold is no pass, and no failure either.
func TestShortSoakSaysSo(t *testing.T) {
	res := figures.Of(madeup.Soak{Hours: 0.1, Seed: 1}.Run(t, "open.message.p99.drift < 5%", "server.memory.drift < 5%"))
	for _, r := range res.Thresholds {
		if !r.Undecided || r.OK || r.Value != nil || r.Reason != "the load lasted 6.00 min: a drift takes 10.0 min at least" {
			t.Errorf("%+v", r)
		}
	}
	if shortly := figures.Of(madeup.Soak{Hours: 0.1, Seed: 1}.Run(t)); shortly.Flow("open").Drift != nil || shortly.Server.Drift != nil {
		t.Errorf("a run of 6 minutes has a drift: %+v", shortly.Flow("open").Drift)
	}
}
