package criteria

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestParseGate(t *testing.T) {
	for text, want := range map[string]Gate{
		"message.p99 > +5%":              {Metric: "message.p99", Above: true, Share: true, Limit: 0.05},
		" relay-25.rate<-3% ":            {Expr: "relay-25.rate<-3%", Flow: "relay-25", Metric: "rate", Share: true, Limit: -0.03},
		"setup > 2ms":                    {Metric: "setup", Above: true, Limit: 2e6},
		"generator.cpu > +1us":           {Metric: "generator.cpu", Above: true, Limit: 1e3},
		"generator.generator.cpu > +1µs": {Flow: "generator", Metric: "generator.cpu", Above: true, Limit: 1e3},
		"errors > +0.1pp":                {Metric: "errors", Above: true, Limit: 0.001},
		"a.errors > 10%":                 {Flow: "a", Metric: "errors", Above: true, Share: true, Limit: 0.1},
		"peak.message.response.p99 > 0%": {Flow: "peak", Metric: "message.response.p99", Above: true, Share: true},
		"message.rate < -5%":             {Flow: "message", Metric: "rate", Share: true, Limit: -0.05},
		"server.cpu_per_message > +1ms":  {Metric: "server.cpu_per_message", Above: true, Limit: 1e6},
		"a.server.max_rss > +5%":         {Flow: "a", Metric: "server.max_rss", Above: true, Share: true, Limit: 0.05},
		"server.queue.mean > +5%":        {Metric: "server.queue.mean", Above: true, Share: true, Limit: 0.05},
		"a.b.server.q.per_message < -1%": {Flow: "a.b", Metric: "server.q.per_message", Share: true, Limit: -0.01},
		"session.p50 > +1.5s":            {Metric: "session.p50", Above: true, Limit: 1.5e9},
	} {
		if want.Expr == "" {
			want.Expr = text
		}
		if got, err := ParseGate(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestWhatIsNoGate(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "want a change such as " + GateExamples,
		"message.p99":             "want a change such as " + GateExamples,
		"message.p99 > fast":      "want a change such as " + GateExamples,
		"message.p99 >= 5%":       "want a change such as " + GateExamples,
		"message.p99 > 1e9%":      "want a change such as " + GateExamples,
		"errors > 5ms":            "want the change of errors in per cent, or in percentage points such as +0.1pp",
		"server.queue.mean > 5ms": "want the change of server.queue.mean in per cent",
		"server.queue.p99 > 5%":   unknownCompared("server.queue.p99").Error(),
		"rate < -3pp":             "want the change of rate in per cent",
		"rate < -3ms":             "want the change of rate in per cent",
		"message.p99 > 1pp":       "want the change of message.p99 in per cent, or as a time such as +2ms",
		"message.p98 > 5%":        unknownCompared("message.p98").Error(),
		"relay > 5%":              unknownCompared("relay").Error(),
		".rate > 5%":              unknownCompared(".rate").Error(),
		"p99 > 5%":                unknownCompared("p99").Error(),
		"message.lag.p99 > 1%":    unknownCompared("message.lag.p99").Error(),
		"relay.nonesuch.p50 > 1%": unknownCompared("relay.nonesuch.p50").Error(),
	} {
		g, err := ParseGate(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %+v, %v, want %q", text, g, err, want)
		}
	}
	var unknown *UnknownError
	if _, err := ParseGate("x > 5%"); !errors.As(err, &unknown) || unknown.Name != "x" {
		t.Errorf("%v names %q", err, unknown)
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"3%": 0.03, " 0.5 % ": 0.005, "0%": 0, "250%": 2.5} {
		if got, err := ParseShare(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "3", "-3%", "%", "1e3%", "NaN%", "1234567%", "3 %%"} {
		if got, err := ParseShare(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

// A text that is accepted has a metric and a limit, and is the same gate when it is
// read again.
func FuzzGate(f *testing.F) {
	for _, text := range []string{"message.p99 > +5%", "a.errors > +0.1pp", "setup<-2.5ms", "rate < -3%", "message.response.p50 > 1s", "..rate > 1%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ParseGate(text)
		if err != nil {
			return
		}
		if !IsCompared(g.Metric, sample.OpenLoad) && !IsCompared(g.Metric, sample.ClosedLoad) {
			t.Errorf("%q is of no metric: %+v", text, g)
		}
		if again, err := ParseGate(g.Expr); err != nil || again != g {
			t.Errorf("%q: %+v, and again %+v, %v", text, g, again, err)
		}
	})
}

func TestGateNamesTheNearestMetric(t *testing.T) {
	for text, want := range map[string]string{
		"mesage.p99 > 5%": "message.p99", "relay.mesage.p99 > 5%": "message.p99", "p99.drfit > 5%": "message.p99", "relay.message.p50.drift > 5%": "message.p50", "rat < -5%": "rate",
		"server.cpu > 5%": "server.cpu_per_message",
	} {
		_, err := ParseGate(text)
		if want = fmt.Sprintf("did you mean %q?", want); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a drift is") != strings.Contains(text, ".dr") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
