package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// heading is a result in one line: what, how long, when, by whose clock.
func (res *document) heading() string {
	parts := []string{
		res.Name, human.Duration(time.Duration(res.Elapsed)),
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
	sections = append(sections, matrixSections(res.Matrix)...)
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
func timeCells(d *figures.Distribution) []cell {
	return plain(
		humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P50 }),
		humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P90 }),
		humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P99 }),
		humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P999 }),
		humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.Max }),
	)
}

func meanText(d *figures.Distribution) string {
	return humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.Mean })
}

func (res *document) flowSection() section {
	s := section{title: "Flows"}
	s.columns = append([]column{{name: "flow", left: true}},
		numbers("msg/s", "attempted", "accepted", "rejected", "failed", "unknown")...)
	s.columns = append(s.columns, column{name: "port, tls, auth", left: true, apart: "Message times"})
	s.columns = append(s.columns, numbers(timeColumns...)...)
	res.eachFlow(func(name string, f *figures.FlowFigures) {
		m := &f.Messages
		speed := human.NoSamples
		if f.Window > 0 {
			speed = human.Rate(f.Rate)
		}
		row := append(plain(name, speed), messageCells(m)...)
		row = append(row, cell{text: f.Label})
		s.rows = append(s.rows, append(row, timeCells(f.Judged())...))
	})
	s.lines = plain(res.timesNote()...)
	return s
}

func messageCells(m *record.MessageFigures) []cell {
	return plain(human.Count(m.Attempted), human.Count(m.Accepted), human.Count(m.Rejected), human.Count(m.Failed), human.Count(m.Unknown))
}

// timesNote says which times those of the messages are, and why.
func (res *document) timesNote() []string {
	var closed, open []string
	res.eachFlow(func(name string, f *figures.FlowFigures) {
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
	res.eachFlow(func(_ string, f *figures.FlowFigures) { arrivals = arrivals || f.Arrivals != nil })
	if arrivals {
		s.columns = append(s.columns, numbers("due", "begun")...)
	}
	warmup := int64(0)
	res.eachFlow(func(name string, f *figures.FlowFigures) {
		n := &f.Sessions
		row := plain(name, human.Count(n.Started), human.Count(n.Completed), human.Count(n.Failed), human.Count(n.Peak),
			human.Count(f.Recipients.Accepted), human.Count(f.Recipients.Rejected))
		switch {
		case f.Arrivals != nil:
			row = append(row, plain(human.Count(f.Arrivals.Due), human.Count(f.Arrivals.Begun))...)
		case arrivals:
			row = append(row, plain(human.NoSamples, human.NoSamples)...)
		}
		s.rows = append(s.rows, row)
		if f.Warmup != nil {
			warmup += f.Warmup.Messages.Attempted
		}
	})
	if warmup > 0 {
		s.lines = plain("Left out of all figures but peak, due and begun: " + human.Count(warmup) + " messages of the warm-up.")
		if !arrivals {
			s.lines = plain("Left out of all figures but peak: " + human.Count(warmup) + " messages of the warm-up.")
		}
	}
	return s
}

func (res *document) phaseSection() section {
	s := section{title: "Phases", each: true}
	s.columns = append([]column{{name: "flow", left: true}, {name: "phase", left: true}}, numbers("count")...)
	s.columns = append(s.columns, numbers(append(timeColumns, "mean")...)...)
	res.eachFlow(func(flow string, f *figures.FlowFigures) {
		eachPhase(f, func(phase string, p *figures.PhaseFigures) {
			for _, part := range []struct {
				name string
				d    *figures.Distribution
			}{{phase, p.Service}, {phase + " response", p.Response}, {phase + " lag", p.Lag}} {
				if part.d == nil && part.name != phase {
					continue
				}
				count := human.NoSamples
				if part.d != nil {
					count = human.Count(part.d.Count)
				}
				row := append(plain(flow, part.name, count), timeCells(part.d)...)
				s.rows = append(s.rows, append(row, plain(meanText(part.d))...))
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
	res.eachFlow(func(flow string, f *figures.FlowFigures) {
		for _, e := range f.Errors {
			code := human.NoSamples
			if e.Code != 0 {
				code = strconv.Itoa(e.Code)
			}
			enhanced := e.Enhanced
			if enhanced == "" {
				enhanced = human.NoSamples
			}
			row := plain(strconv.Itoa(len(s.rows)+1), flow, e.Phase, e.Class, code, enhanced, human.Count(e.Count), e.Example)
			row[3].bad = true
			s.rows = append(s.rows, row)
		}
	})
	return s
}

// replyCode is an error's code and enhanced code: "550 5.1.1".
func replyCode(e record.ErrorFigures) string {
	if e.Code == 0 {
		return e.Enhanced
	}
	return strings.TrimSpace(strconv.Itoa(e.Code) + " " + e.Enhanced)
}

func (res *document) roundSection() section {
	s := section{title: "Rounds"}
	s.columns = append([]column{{name: "flow", left: true}}, numbers("round", "msg/s", "attempted", "accepted", "p50", "p99")...)
	res.eachFlow(func(flow string, f *figures.FlowFigures) {
		if len(f.Rounds) < 2 {
			return
		}
		for _, r := range f.Rounds {
			d := r.Judged(f.Load)
			s.rows = append(s.rows, plain(flow, strconv.Itoa(r.Round), human.Rate(r.Rate),
				human.Count(r.Messages.Attempted), human.Count(r.Messages.Accepted),
				humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P50 }),
				humanNanoseconds(d, func(d *figures.Distribution) int64 { return d.P99 })))
		}
	})
	return s
}

// humanNanoseconds writes a figure of times, if there are any.
func humanNanoseconds(d *figures.Distribution, figure func(*figures.Distribution) int64) string {
	if d == nil {
		return human.NoSamples
	}
	return human.Duration(time.Duration(figure(d)))
}
