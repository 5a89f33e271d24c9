package compare

import (
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// conclude comes to a conclusion: by the gates, or else by the rows.
func (c *Comparison) conclude() criteria.Conclusion {
	var missed, open []*GateResult
	for i := range c.Gates {
		switch g := &c.Gates[i]; {
		case g.OK:
		case g.Known:
			missed = append(missed, g)
		default:
			open = append(open, g)
		}
	}
	worse := c.Named(stats.Worse)
	switch {
	case len(missed) > 0:
		return criteria.Conclusion{Word: criteria.Failed, Reason: gatesText("gate missed: ", "%d gates missed, the first: ", missed)}
	case len(open) > 0:
		return criteria.Conclusion{Word: criteria.Undecided, Reason: gatesText("gate ", "%d gates undecided, the first: ", open)}
	case len(c.Gates) > 0:
		return criteria.Conclusion{Word: criteria.Pass, Reason: human.CountOf(int64(len(c.Gates)), "gate") + " met" + c.doubt(func(r *Row) bool {
			return slices.ContainsFunc(c.Gates, func(g GateResult) bool { return g.Flow == r.Flow && g.metric == r.Metric })
		})}
	case len(worse) > 0:
		return criteria.Conclusion{Word: criteria.Failed, Reason: fmt.Sprintf("%s is worse: %s%s", worse[0], c.first(stats.Worse).Change(), andMore(len(worse)-1, "metric"))}
	case c.Count(stats.TooFewRuns) == len(c.Rows):
		return criteria.Conclusion{Word: criteria.Undecided, Reason: "too few rounds to tell: " + c.roundsMissing(min(c.Base.Rounds, c.New.Rounds), c.RoundsNeeded)}
	}
	return criteria.Conclusion{Word: criteria.Pass, Reason: "nothing is shown to be worse" + c.doubt(func(r *Row) bool { return r.Metric != "generator.cpu" })}
}

// gatesText is one gate with its reason, or how many there are and the first of them.
func gatesText(one, several string, list []*GateResult) string {
	begin := one
	if len(list) > 1 {
		begin = fmt.Sprintf(several, len(list))
	}
	return begin + list[0].Name() + ": " + list[0].Reason
}

// roundsMissing says how many rounds it takes, and how long that is.
func (c *Comparison) roundsMissing(has, needs int) string {
	text, ok := c.Effort(needs)
	if !ok {
		return fmt.Sprintf("it has %d a side and needs %s, which is more than anybody makes", has, human.Count(int64(needs)))
	}
	return fmt.Sprintf("it has %d a side; %s, would do", has, text)
}

// doubt says in which of some metrics the largest change could have gone unseen; "" if
// in none that matters.
func (c *Comparison) doubt(of func(*Row) bool) string {
	var least *Row
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Verdict == stats.NotShown && of(r) && r.ResolvablePercent != nil && (least == nil || *r.ResolvablePercent > *least.ResolvablePercent) {
			least = r
		}
	}
	if least == nil {
		return ""
	}
	return fmt.Sprintf("; %s.%s could have changed by %s unseen", least.Flow, least.Metric, least.Unseen())
}

// first is the first row that has a verdict; there must be one.
func (c *Comparison) first(v stats.Verdict) *Row {
	for i := range c.Rows {
		if c.Rows[i].Verdict == v {
			return &c.Rows[i]
		}
	}
	return nil
}

// andMore counts what a sentence leaves out.
func andMore(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return ", and " + human.Plural(n, "more "+noun, "more "+noun+"s")
}
