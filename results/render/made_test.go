package render

import (
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/reached"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// spread makes a distribution around a median.
func spread(count int64, m time.Duration) *figures.Distribution {
	return &figures.Distribution{Count: count, P50: m, P90: 2 * m, P99: 5 * m, P999: 11 * m, Max: 23 * m, Mean: m + m/4}
}

func phases(messages, sessions int64, median time.Duration, names ...string) map[string]*figures.Phase {
	m := map[string]*figures.Phase{}
	for i, name := range names {
		n := messages
		if p, _ := sample.ParsePhase(name); p < sample.Mail || p == sample.Quit || p == sample.SpanSession {
			n = sessions
		}
		m[name] = &figures.Phase{Count: n, Service: spread(n, median*time.Duration(i+3)/8)}
	}
	return m
}

func closedFlow(label string, rate float64, median time.Duration, names ...string) *figures.Flow {
	f := &figures.Flow{
		Label: label, Load: "closed", Rate: rate, Window: 30 * time.Second,
		Sessions:   tally.SessionCounts{Started: 12_350, Completed: 12_300, Failed: 50, Peak: 50},
		Messages:   tally.MessageCounts{Attempted: 123_460, Accepted: 123_400, Rejected: 40, Failed: 19, Unknown: 1},
		Recipients: tally.RecipientCounts{Accepted: 123_400, Rejected: 40},
		Phases:     phases(123_460, 12_350, median, append(names, "mail", "rcpt", "data", "body", "quit", "message", "session")...),
		Warmup:     &figures.Warmup{Messages: tally.MessageCounts{Attempted: 4_000, Accepted: 4_000}},
	}
	for i := range 3 {
		share := tally.MessageCounts{Attempted: 41_153, Accepted: 41_133, Rejected: 13, Failed: 6, Unknown: 1}
		f.Rounds = append(f.Rounds, figures.Round{Round: i + 1, Messages: share, Rate: rate + float64(i), Message: spread(41_133, median+time.Duration(i)*time.Microsecond)})
	}
	return f
}

// fourPorts is a valid run of closed load with a baseline and all thresholds
// met.
func fourPorts() *document {
	return &document{Result: &figures.Result{
		Format: "smtpgauge.result/1", Name: "ports-and-tls", Started: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		Elapsed: 128 * time.Second, Clock: "kernel",
		Verdict: figures.Verdict{Failures: []string{}, Validity: figures.Validity{Valid: true, Reasons: []string{}, Notes: []string{"p99.9 of smtps-465 is read off 9 samples"}},
			Conclusion: criteria.Conclusion{Word: criteria.Pass, Reason: "2 thresholds met"}},
		Generator: figures.Generator{
			CPUSeconds: 52.2, MaxRSS: 48 << 20, GOMAXPROCS: 2, Cores: 2, Shards: 1, GCPauses: 12, GCPauseTotal: 1_230_000, GCPauseMax: 210_000,
			BusiestShare: 0.41, DeniedShare: 0.021, Free: &generator.FreeAround{Before: 1.93, After: 1.97}, Own: spread(70_000, 40*time.Microsecond), UnstampedShare: 0.0001, Delay: spread(700_000, 12*time.Microsecond), OwnShare: 0.013,
		},
		Environment: record.Environment{Host: "bench", OS: "linux", Arch: "amd64", Kernel: "6.12.1", Cores: 2, GOMAXPROCS: 2, Go: "go1.26.0", Version: "v0.1.0"},
		Seed:        7, Baseline: "relay-25",
		Target: map[string]*figures.Target{
			"relay-25":   reached.Target("mail.example.test", 25, madeup.Postfix("192.0.2.25", "mail.example.test ESMTP Postfix", false)),
			"smtps-465":  reached.Target("mail.example.test", 465, madeup.Postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
			"submit-587": reached.Target("mail.example.test", 587, madeup.Postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
			"alt-2525":   reached.Target("mail.example.test", 2525, madeup.Postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
		},
		FlowOrder: []string{"relay-25", "smtps-465", "submit-587", "alt-2525"},
		Flows: map[string]*figures.Flow{
			"relay-25":   closedFlow("25 none", 4113.4, 900*time.Microsecond, "resolve", "connect", "banner", "ehlo"),
			"smtps-465":  closedFlow("465 implicit PLAIN", 3320, 1100*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "auth"),
			"submit-587": closedFlow("587 starttls PLAIN", 3104.7, 1300*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "starttls", "ehlo-tls", "auth"),
			"alt-2525":   closedFlow("2525 starttls LOGIN", 3099, 1310*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "starttls", "ehlo-tls", "auth"),
		},
		Thresholds: aboutFigures([]figures.ThresholdResult{
			{Expr: "submit-587.message.p99 < 250ms", Value: new(6_500_000.0), OK: true},
			{Expr: "relay-25.errors < 0.1%", Value: new(0.000486), OK: true},
		}),
	}}
}

// aboutFigures says of thresholds which figures they are about.
func aboutFigures(list []figures.ThresholdResult) []figures.ThresholdResult {
	for i := range list {
		t, err := criteria.ParseThreshold(list[i].Expr)
		if err != nil {
			panic(err)
		}
		list[i].Metric = t.Metric
	}
	return list
}

// badDay is an invalid, interrupted and partial run of open load beside
// closed, with errors, missed thresholds, a flow that measured nothing, and a
// server that is out to harm.
func badDay() *document {
	inbound := &figures.Flow{
		Label: "25 none", Load: "open", Rate: 291.4, Window: 30 * time.Second,
		Sessions:   tally.SessionCounts{Started: 8_990, Completed: 8_742, Failed: 248, Peak: 2_000},
		Messages:   tally.MessageCounts{Attempted: 8_990, Accepted: 8_742, Rejected: 230, Failed: 17, Unknown: 1},
		Recipients: tally.RecipientCounts{Accepted: 17_484, Rejected: 460},
		Arrivals:   &tally.ArrivalCounts{Due: 9_000, Begun: 8_990},
		Phases:     phases(8_990, 8_990, 2*time.Millisecond, "connect", "banner", "ehlo", "mail+rcpt+data", "body", "quit", "message", "session"),
		Errors: []tally.FailureCount{
			{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1", Count: 12_345,
				Example: "550 5.1.1 <user4711@example.test>: Recipient address rejected: User unknown in local recipient table | see <https://mail.example.test/help>"},
			{Phase: "body", Class: "tempfail", Code: 451, Count: 9, Example: "451 try \x1b[31;1m\u009b2Jagain\u202e later\r\n"},
			{Phase: "connect", Class: "refused", Count: 3, Example: "connection refused"},
		},
	}
	for _, span := range []string{"message", "session"} {
		p := inbound.Phases[span]
		p.Response, p.Lag = spread(p.Count, 9*time.Millisecond), spread(p.Count, 7*time.Millisecond)
	}
	return &document{Result: &figures.Result{
		Format: "smtpgauge.result/1", Name: "bad \"day\" | \x1b]0;owned\a", Started: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		Elapsed: 31 * time.Second, Partial: true, Interrupted: true, Clock: "mixed",
		Verdict: figures.Verdict{Validity: figures.Validity{
			Reasons: []string{
				"generator-bound: arrivals began late: p99 31.0 ms after they were due, limit 1.00 ms; use a lower rate or a faster machine",
			},
			Notes: []string{"partial: the run file has lost its end; figures are of what is there"},
		}, Conclusion: criteria.Conclusion{Word: criteria.Failed, Reason: "flow dead: nothing was accepted; most often connect: connection refused (refused at connect)"},
			Failures: []string{"flow dead: nothing was accepted; most often connect: connection refused (refused at connect)"}},
		Generator:   figures.Generator{UnstampedShare: 0.021, Late: spread(8_990, 2*time.Millisecond), ClockSteps: []time.Duration{-1_500_000_000}},
		Environment: record.Environment{OS: "linux", Arch: "amd64", Cores: 2, Go: "go1.26.0", Version: "v0.1.0"},
		Target: map[string]*figures.Target{
			"inbound": reached.Target("127.0.0.1", 25, madeup.Postfix("127.0.0.1", "mx \x1b[2J ESMTP | <b>\u202e", false)),
			"dead":    reached.Target("/run/dead", 0),
		},
		FlowOrder: []string{"inbound", "dead"},
		Flows: map[string]*figures.Flow{
			"inbound": inbound,
			"dead":    {Label: "unix none", Load: "closed", Phases: map[string]*figures.Phase{}},
		},
		Thresholds: aboutFigures([]figures.ThresholdResult{
			{Expr: "inbound.message.response.p99 < 5ms", Value: new(45_000_000.0)},
			{Expr: "inbound.rate >= 300/s", Value: new(291.4)},
			{Expr: "inbound.unknown < 1", Value: new(1.0)},
			{Expr: "dead.tls.p99.9 < 5ms", Reason: "no samples of tls"},
			{Expr: "inbound.errors <= 5%", Value: new(0.0276), OK: true},
		}),
	}}
}
