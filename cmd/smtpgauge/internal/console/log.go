package console

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
)

// logWidth is more than a line of a log takes, in columns.
const logWidth = 120

// logLine is the progress as one short line for a log. It names the flows under way
// only. If not all of it fits, the figures that matter less go first, then flows are
// added up; how many errors there are is always said.
func (p *Progress) logLine() string {
	flows := p.UnderWay()
	errors := live.ErrorsOf(flows)
	for d := everything; d >= rates; d-- {
		if s := p.logText(flows, errors, d); utf8.RuneCountInString(s) < logWidth {
			return s
		}
	}
	sum := live.Flow{Name: human.CountOf(int64(len(flows)), "flow")}
	for i := range flows {
		sum.Accepted += flows[i].Accepted
	}
	if len(flows) == 1 {
		sum = flows[0]
		sum.Name = clip(sum.Name, maxName)
	}
	return clip(p.logText([]live.Flow{sum}, errors, sums), logWidth-1)
}

func (p *Progress) logText(flows []live.Flow, errors []live.ClassCount, d detail) string {
	head := p.logClock()
	stage := p.StageText()
	if d == sums {
		stage, _, _ = strings.Cut(stage, ":") // without the rate
	}
	for _, s := range []string{p.Turn, p.RoundText(), stage} {
		if s != "" {
			head += ", " + s
		}
	}
	parts := []string{head}
	for i := range flows {
		parts = append(parts, logPart(&flows[i], d))
	}
	if len(flows) > 0 {
		parts[1] = "accepted: " + parts[1]
	}
	return strings.Join(append(parts, errorText(errors, d)), "; ")
}

// logClock is the clock without the time left, which is what the whole takes less what
// is over.
func (p *Progress) logClock() string {
	if p.Remains.Kind == live.Planned && !p.Draining && p.Remains.Left > 0 {
		return human.Seconds(p.Elapsed) + " of " + human.Seconds(p.Elapsed+p.Remains.Left)
	}
	return p.Clock()
}

// detail is how much a line of a log says.
type detail int

const (
	sums       detail = iota // of all flows
	rates                    // and how many errors
	byClass                  // the errors
	slow                     // p99
	everything               // p50 and the sessions too
)

func logPart(f *live.Flow, d detail) string {
	s := f.Name + " " + human.Rate(f.Accepted)
	if f.OffersNumber {
		s += " of " + human.Rate(f.Offered)
	}
	s += "/s"
	p50, p99 := quantiles(f)
	if d >= everything && f.Measured {
		s += ", p50 " + p50
	}
	if d >= slow && f.Measured {
		s += ", p99 " + p99
	}
	if d >= everything {
		s += ", " + human.Count(int64(f.Open)) + " open"
	}
	return s
}

// errorText says which errors there are or, in less detail, how many: "errors: timeout
// 13, busy 2", "15 errors, most often timeout".
func errorText(errors []live.ClassCount, d detail) string {
	var n int64
	for _, e := range errors {
		n += e.Count
	}
	switch {
	case n == 0:
		return "no errors"
	case d >= byClass:
		return "errors: " + live.ErrorText(errors)
	case d == sums:
		return human.CountOf(n, "error")
	}
	return fmt.Sprintf("%s, most often %s", human.CountOf(n, "error"), errors[0].Class)
}
