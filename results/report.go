package results

import (
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// heading is a result in one line: what, how long, when, by whose clock.
func (res *document) heading() string {
	parts := []string{
		res.Name, humanDuration(time.Duration(res.Elapsed)),
		res.Started.UTC().Format("2006-01-02 15:04:05") + " UTC", "clock: " + res.Clock,
	}
	if res.Partial {
		parts = append(parts, "partial")
	}
	if res.Interrupted {
		parts = append(parts, "interrupted")
	}
	return strings.Join(parts, " · ")
}

// report is a result for people, in the order they read it: what was reached,
// where the time went, what failed, and whether to believe it.
func (res *document) report() []section {
	var list []section
	sections := []section{res.flowSection(), res.sessionSection(), res.phaseSection()}
	sections = append(sections, res.Matrix.sections()...)
	sections = append(sections, res.errorSection(), res.roundSection(), res.thresholdSection(), res.generatorSection(), res.verdictSection())
	for _, s := range sections {
		if len(s.rows)+len(s.lines) > 0 {
			list = append(list, s)
		}
	}
	return list
}

var timeColumns = []string{"p50", "p90", "p99", "p99.9", "max"}

// times are a distribution's cells under timeColumns.
func (d *Distribution) times() []cell {
	return plain(
		humanNanoseconds(d, func(d *Distribution) int64 { return d.P50 }),
		humanNanoseconds(d, func(d *Distribution) int64 { return d.P90 }),
		humanNanoseconds(d, func(d *Distribution) int64 { return d.P99 }),
		humanNanoseconds(d, func(d *Distribution) int64 { return d.P999 }),
		humanNanoseconds(d, func(d *Distribution) int64 { return d.Max }),
	)
}

func (d *Distribution) mean() string {
	return humanNanoseconds(d, func(d *Distribution) int64 { return d.Mean })
}

func (res *document) flowSection() section {
	s := section{title: "Flows"}
	s.columns = append([]column{{name: "flow", left: true}},
		numbers("msg/s", "attempted", "accepted", "rejected", "failed", "unknown")...)
	s.columns = append(s.columns, column{name: "port, tls, auth", left: true, apart: "Message times"})
	s.columns = append(s.columns, numbers(timeColumns...)...)
	res.eachFlow(func(name string, f *FlowFigures) {
		m := &f.Messages
		speed := noSamples
		if f.Window > 0 {
			speed = humanRate(f.Rate)
		}
		row := append(plain(name, speed), m.cells()...)
		row = append(row, cell{text: f.Label})
		s.rows = append(s.rows, append(row, f.Judged().times()...))
	})
	s.lines = plain(res.timesNote()...)
	return s
}

func (m *MessageFigures) cells() []cell {
	return plain(humanCount(m.Attempted), humanCount(m.Accepted), humanCount(m.Rejected), humanCount(m.Failed), humanCount(m.Unknown))
}

// timesNote says which times those of the messages are, and why.
func (res *document) timesNote() []string {
	var closed, open []string
	res.eachFlow(func(name string, f *FlowFigures) {
		if f.Load == sample.OpenLoad {
			open = append(open, name)
		} else {
			closed = append(closed, name)
		}
	})
	const (
		service  = "service times, MAIL sent to last reply. Closed load has no response time: no message is due before the one ahead of it is done."
		response = "response times, due to last reply: the load is open, so waiting counts."
	)
	switch {
	case len(open) == 0 && len(closed) == 0:
		return nil
	case len(open) == 0:
		return []string{"Message times are " + service}
	case len(closed) == 0:
		return []string{"Message times are " + response}
	}
	return []string{
		"Message times of " + strings.Join(open, ", ") + " are " + response,
		"Message times of " + strings.Join(closed, ", ") + " are " + service,
	}
}

func (res *document) sessionSection() section {
	s := section{title: "Sessions"}
	s.columns = append([]column{{name: "flow", left: true}}, numbers("started", "completed", "failed", "peak", "rcpt ok", "rcpt rejected")...)
	arrivals := false
	res.eachFlow(func(_ string, f *FlowFigures) { arrivals = arrivals || f.Arrivals != nil })
	if arrivals {
		s.columns = append(s.columns, numbers("due", "begun")...)
	}
	warmup := int64(0)
	res.eachFlow(func(name string, f *FlowFigures) {
		n := &f.Sessions
		row := plain(name, humanCount(n.Started), humanCount(n.Completed), humanCount(n.Failed), humanCount(n.Peak),
			humanCount(f.Recipients.Accepted), humanCount(f.Recipients.Rejected))
		switch {
		case f.Arrivals != nil:
			row = append(row, plain(humanCount(f.Arrivals.Due), humanCount(f.Arrivals.Begun))...)
		case arrivals:
			row = append(row, plain(noSamples, noSamples)...)
		}
		s.rows = append(s.rows, row)
		if f.Warmup != nil {
			warmup += f.Warmup.Messages.Attempted
		}
	})
	if warmup > 0 {
		s.lines = plain("Left out of all figures but peak, due and begun: " + humanCount(warmup) + " messages of the warm-up.")
		if !arrivals {
			s.lines = plain("Left out of all figures but peak: " + humanCount(warmup) + " messages of the warm-up.")
		}
	}
	return s
}

func (res *document) phaseSection() section {
	s := section{title: "Phases", each: true}
	s.columns = append([]column{{name: "flow", left: true}, {name: "phase", left: true}}, numbers("count")...)
	s.columns = append(s.columns, numbers(append(timeColumns, "mean")...)...)
	res.eachFlow(func(flow string, f *FlowFigures) {
		f.eachPhase(func(phase string, p *PhaseFigures) {
			for _, part := range []struct {
				name string
				d    *Distribution
			}{{phase, p.Service}, {phase + " response", p.Response}, {phase + " lag", p.Lag}} {
				if part.d == nil && part.name != phase {
					continue
				}
				count := noSamples
				if part.d != nil {
					count = humanCount(part.d.Count)
				}
				row := append(plain(flow, part.name, count), part.d.times()...)
				s.rows = append(s.rows, append(row, plain(part.d.mean())...))
			}
		})
	})
	return s
}

func (res *document) errorSection() section {
	s := section{title: "Errors", columns: []column{
		{name: "#"}, {name: "flow", left: true}, {name: "phase", left: true}, {name: "class", left: true},
		{name: "code"}, {name: "enhanced", left: true}, {name: "count"},
		{name: "example", left: true, code: true, apart: "Examples", clip: 40},
	}}
	res.eachFlow(func(flow string, f *FlowFigures) {
		for _, e := range f.Errors {
			code := noSamples
			if e.Code != 0 {
				code = strconv.Itoa(e.Code)
			}
			enhanced := e.Enhanced
			if enhanced == "" {
				enhanced = noSamples
			}
			row := plain(strconv.Itoa(len(s.rows)+1), flow, e.Phase, e.Class, code, enhanced, humanCount(e.Count), e.Example)
			row[3].bad = true
			s.rows = append(s.rows, row)
		}
	})
	return s
}

// replyCode is an error's code and enhanced code: "550 5.1.1".
func replyCode(e ErrorFigures) string {
	if e.Code == 0 {
		return e.Enhanced
	}
	return strings.TrimSpace(strconv.Itoa(e.Code) + " " + e.Enhanced)
}

func (res *document) roundSection() section {
	s := section{title: "Rounds"}
	s.columns = append([]column{{name: "flow", left: true}}, numbers("round", "msg/s", "attempted", "accepted", "p50", "p99")...)
	res.eachFlow(func(flow string, f *FlowFigures) {
		if len(f.Rounds) < 2 {
			return
		}
		for _, r := range f.Rounds {
			d := r.judged(f.Load)
			s.rows = append(s.rows, plain(flow, strconv.Itoa(r.Round), humanRate(r.Rate),
				humanCount(r.Messages.Attempted), humanCount(r.Messages.Accepted),
				humanNanoseconds(d, func(d *Distribution) int64 { return d.P50 }),
				humanNanoseconds(d, func(d *Distribution) int64 { return d.P99 })))
		}
	})
	return s
}

func humanNanoseconds(d *Distribution, figure func(*Distribution) int64) string {
	if d == nil {
		return noSamples
	}
	return humanDuration(time.Duration(figure(d)))
}
