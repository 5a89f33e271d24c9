package scenarios

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A load says how much a flow does, and when.
type load struct {
	section
	sessions    int
	messages    int64
	duration    time.Duration
	ramp        time.Duration
	rate        rate
	arrivals    pace.Process
	maxSessions int
	stages      []stage
	abort       abort
}

type stage struct {
	section
	length   time.Duration
	rate     rate
	from, to rate
}

const (
	maxSessions = 1_000_000

	// defaultSessions is the limit of an open load: high enough that a server that
	// keeps up never reaches it, and low enough for the usual limit on open files.
	defaultSessions = 1000
)

var loadShape = object[load]{
	name:    "load",
	example: "{sessions: 10, duration: 30s}",
	fields: []field[load]{
		opt("sessions", count(1, maxSessions), func(l *load) *int { return &l.sessions },
			"Closed load: this many sessions at once. Each starts its next message when the last is done."),
		opt("messages", count[int64](1, 1e12), func(l *load) *int64 { return &l.messages },
			"Closed load: a fixed number of messages, all sessions together."),
		opt("ramp", duration(0), func(l *load) *time.Duration { return &l.ramp },
			"Closed load: the sessions do not all begin at once, but spread over this time."),
		opt("rate", arrivalRate, func(l *load) *rate { return &l.rate },
			"Open load: how much arrives, whatever the server does: 200 sessions/s, 30000 messages/min. Messages use connections that are kept open."),
		opt("stages", listOf(stageShape, 1, 1000), func(l *load) *[]stage { return &l.stages },
			"Open load: several rates, one after the other."),
		opt("arrivals", oneWord(choice[pace.Process]{"uniform", pace.Uniform}, choice[pace.Process]{"poisson", pace.Poisson}),
			func(l *load) *pace.Process { return &l.arrivals },
			"Open load: evenly spaced (uniform, if left out), or independent of each other, as those of many clients are (poisson)."),
		opt("max_sessions", count(1, maxSessions), func(l *load) *int { return &l.maxSessions },
			"Open load: the most connections at once, 1000 if left out. An arrival that finds all of them busy waits, and its wait counts."),
		opt("duration", duration(time.Millisecond), func(l *load) *time.Duration { return &l.duration },
			"How long the load lasts. Stages have their own durations."),
		opt("abort", abortShape, func(l *load) *abort { return &l.abort },
			"A condition on this flow that ends the run before its time."),
	},
	check: checkLoad,
}

var stageShape = object[stage]{
	name:    "stage",
	example: "{for: 10s, rate: 200 messages/s}",
	instead: map[string]string{"duration": "for", "target": "rate, or from and to"},
	fields: []field[stage]{
		opt("for", duration(time.Millisecond), func(s *stage) *time.Duration { return &s.length },
			"How long the stage lasts.").mandatory(),
		opt("rate", arrivalRate, func(s *stage) *rate { return &s.rate },
			"The rate, if it is constant."),
		opt("from", arrivalRate, func(s *stage) *rate { return &s.from },
			"The rate at the stage's beginning. It changes to the rate at the end in a straight line."),
		opt("to", arrivalRate, func(s *stage) *rate { return &s.to },
			"The rate at the stage's end."),
	},
	check: checkStage,
}

func checkStage(d *decoder, s *stage) {
	if s.has("rate") && (s.has("from") || s.has("to")) {
		d.Faultf(s.at("rate"), "a stage has a rate, or from and to: not both")
		return
	}
	if !s.has("rate") && (!s.has("from") || !s.has("to")) && !s.unsure {
		d.Faultf(s.node.At, "a stage needs a rate, or from and to")
	}
	if s.has("rate") {
		s.from, s.to = s.rate, s.rate
	}
	if s.from.known && s.to.known && s.from.unit != s.to.unit {
		d.Faultf(s.at("to"), "from and to count different things: sessions and messages")
	}
}

func checkLoad(d *decoder, l *load) {
	open := l.given("rate", "stages")
	if len(open) == 0 {
		checkClosed(d, l)
		return
	}
	for _, name := range l.given("sessions", "messages", "ramp") {
		d.Faultf(l.at(name), "%s belongs to a closed load and %s to an open one: leave out one of the two (null removes what defaults say)%s",
			name, open[0], map[string]string{"sessions": "; max_sessions limits an open load"}[name])
	}
	if !l.has("arrivals") {
		l.fill("arrivals", tree.Word(l.node.At, "uniform"))
	}
	if !l.has("max_sessions") {
		l.fill("max_sessions", tree.Integer(l.node.At, defaultSessions))
		l.maxSessions = defaultSessions
	}
	if len(open) == 2 {
		d.Faultf(l.at("rate"), "a load has a rate or stages, not both")
		return
	}
	if l.has("stages") {
		checkStages(d, l)
		return
	}
	if !l.has("duration") && !l.unsure {
		d.Faultf(l.node.At, "duration is missing: say how long the rate lasts")
	}
	if l.rate.known && l.rate.pace == 0 {
		d.Faultf(l.at("rate"), "the rate is 0: nothing would arrive")
	}
}

func checkClosed(d *decoder, l *load) {
	for _, name := range l.given("arrivals", "max_sessions") {
		d.Faultf(l.at(name), "%s belongs to an open load: give a rate or stages with it", name)
	}
	if l.unsure {
		return
	}
	if !l.has("sessions") {
		d.Faultf(l.node.At, "the load says neither sessions (closed) nor rate or stages (open)")
	}
	if !l.has("duration") && !l.has("messages") {
		d.Faultf(l.node.At, "the load has no end: give duration, messages, or both")
	}
	if l.duration > 0 && l.ramp > l.duration {
		d.Faultf(l.at("ramp"), "the ramp is longer than the load's duration, %s", criteria.DurationText(l.duration))
	}
}

func checkStages(d *decoder, l *load) {
	if l.has("duration") {
		d.Faultf(l.at("duration"), "stages have their own lengths: leave duration out")
	}
	var most pace.Rate
	known := true
	for i := range l.stages {
		s, first := &l.stages[i], &l.stages[0]
		known = known && s.from.known && s.to.known
		most = max(most, s.from.pace, s.to.pace)
		if s.to.known && first.to.known && s.to.unit != first.to.unit {
			d.Faultf(s.node.At, "the stages count different things: sessions and messages cannot be mixed")
		}
	}
	if most == 0 && known && len(l.stages) > 0 {
		d.Faultf(l.at("stages"), "every rate is 0: nothing would arrive")
	}
}

// resolved returns the load as loadgen has it.
func (l *load) resolved() loadgen.Load {
	out := loadgen.Load{
		Sessions: l.sessions, Messages: l.messages, Duration: l.duration, Ramp: l.ramp,
		Process: l.arrivals, MaxSessions: l.maxSessions, Unit: l.rate.unit,
	}
	switch {
	case l.has("stages"):
		for _, s := range l.stages {
			out.Stages = append(out.Stages, pace.Stage{For: s.length, From: s.from.pace, To: s.to.pace})
			out.Unit = s.to.unit
		}
	case l.has("rate"):
		out.Stages = []pace.Stage{{For: l.duration, From: l.rate.pace, To: l.rate.pace}}
		out.Duration = 0
	}
	return out
}

// open reports whether this is an open load.
func (l *load) open() bool { return l.has("rate") || l.has("stages") }
