package criteria

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestParseThreshold(t *testing.T) {
	latency := func(p sample.Phase, part sample.Part, stat string, q float64) Metric {
		return Metric{Kind: Latency, Phase: p, Part: part, Stat: stat, Q: q}
	}
	for text, want := range map[string]Threshold{
		"a-1.message.p99 < 250ms":        {Op: "<", Limit: 250e6, Metric: latency(sample.SpanMessage, sample.Service, "p99", 0.99)},
		"a-1.message.service.p50<=1ms":   {Op: "<=", Limit: 1e6, Metric: latency(sample.SpanMessage, sample.Service, "p50", 0.5)},
		"a-1.session.response.p999 < 1s": {Op: "<", Limit: 1e9, Metric: latency(sample.SpanSession, sample.Response, "p999", 0.999)},
		"a-1.message.lag.p99.99 < 1s":    {Op: "<", Limit: 1e9, Metric: latency(sample.SpanMessage, sample.Lag, "p99.99", 0.9999)},
		"a-1.rcpt.mean >= 1us":           {Op: ">=", Limit: 1e3, Metric: latency(sample.Rcpt, sample.Service, "mean", 0)},
		"a-1.tls.max > 0s":               {Op: ">", Limit: 0, Metric: latency(sample.TLS, sample.Service, "max", 0)},
		"a-1.errors < 0.1%":              {Op: "<", Limit: 0.001, Metric: Metric{Kind: Errors}},
		"a-1.errors <= 0":                {Op: "<=", Limit: 0, Metric: Metric{Kind: Errors}},
		"a-1.rate > 100/s":               {Op: ">", Limit: 100, Metric: Metric{Kind: Rate}},
		"a-1.rate > 6000 messages/min":   {Op: ">", Limit: 100, Metric: Metric{Kind: Rate}},
		"a-1.accepted >= 1000":           {Op: ">=", Limit: 1000, Metric: Metric{Kind: Count, Outcome: sample.Accepted}},
		"errors < 0.1%":                  {Op: "<", Limit: 0.001, Metric: Metric{Kind: Errors}},
		"message.p99 < 1s":               {Op: "<", Limit: 1e9, Metric: latency(sample.SpanMessage, sample.Service, "p99", 0.99)},
		"session.lag.max < 1s":           {Op: "<", Limit: 1e9, Metric: latency(sample.SpanSession, sample.Lag, "max", 0)},
		"mail.mail.p99 < 1s":             {Op: "<", Limit: 1e9, Flow: "mail", Metric: latency(sample.Mail, sample.Service, "p99", 0.99)},
		"errors.errors < 1%":             {Op: "<", Limit: 0.01, Flow: "errors", Metric: Metric{Kind: Errors}},
		"a-1.unknown <= 0":               {Op: "<=", Limit: 0, Metric: Metric{Kind: Count, Outcome: sample.Unknown}},
	} {
		got, err := ParseThreshold(text)
		want.Expr = text
		if strings.HasPrefix(text, "a-1.") {
			want.Flow = "a-1"
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestMet(t *testing.T) {
	for op, want := range map[string][3]bool{"<": {true, false, false}, "<=": {true, true, false}, ">": {false, false, true}, ">=": {false, true, true}, "=": {}} {
		c := Threshold{Op: op, Limit: 5}
		if got := [3]bool{c.Met(4), c.Met(5), c.Met(6)}; got != want {
			t.Errorf("%s 5: 4, 5 and 6 meet it: %v, want %v", op, got, want)
		}
	}
}

// A closed load has service times only.
func TestThresholdsOfAClosedLoad(t *testing.T) {
	for text, closed := range map[string]bool{"a.message.p99 < 1s": true, "a.rate > 1/s": true, "a.message.response.p99 < 1s": false, "a.session.lag.max < 1s": false} {
		c, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.CheckLoad(sample.ClosedLoad); (err == nil) != closed {
			t.Errorf("%s under closed load: %v", text, err)
		}
		if err := c.CheckLoad(sample.OpenLoad); err != nil {
			t.Errorf("%s under open load: %v", text, err)
		}
	}
}

func FuzzThreshold(f *testing.F) {
	for _, text := range []string{
		"relay.message.p99 < 250ms", "peak.message.response.p99.9 <= 1h", "relay.errors < 0.1%", "relay.errors < 1e9%", "peak.rate > 100 messages/s",
		"relay.rate >= 99999999999999999999/h", "relay.unknown < 1", "peak.session.lag.max>0s", "relay.mail.p00 < 1s", "relay.mail.p99.99999 < 1s", "x.errors < 1",
		"relay.accepted > NaN", "relay.errors < Inf", "a < b", "errors < 1%", "message.p99 < 1s", "mail.mail.p99 < 1s", "a.rate.drift > -5%", "errors.drift < 0.1pp",
	} {
		f.Add(text)
	}
	pattern := regexp.MustCompile(ThresholdPattern)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseThreshold(text)
		if err != nil {
			return
		}
		if !(c.Limit >= 0 || c.Metric.Drift) || math.IsNaN(c.Limit) || math.IsInf(c.Limit, 0) || c.Metric.Q < 0 || c.Metric.Q >= 1 || !pattern.MatchString(text) {
			t.Errorf("%q is %+v", text, c)
		}
		again, err := ParseThreshold(c.Expr)
		if err != nil || again != c {
			t.Errorf("%q is %+v, and read again %+v, %v", text, c, again, err)
		}
	})
}
