package compare

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The server's own side is seen by the second, and not by the message: what it does in a
// round is a flow's if that flow is the only one under load. Of flows that run at once it
// is of all of them together.

// AllFlows stands in place of a flow's name for what the server did under all flows at once.
// No flow is called that: names have no space.
const AllFlows = "all flows"

// A serverRound is where the server's own side of a round is.
type serverRound struct {
	run      *record.Run
	windows  []record.Window
	messages int64           // accepted in them
	whole    []record.Window // of all rounds; nil but in the first round of its run
}

// newServerRound is the part of a run's round in which some of its flows were under load.
func newServerRound(r *record.Run, round int, flows ...int) *serverRound {
	s := &serverRound{run: r}
	if round == 0 {
		for series, w := range r.Windows() {
			if series.Stage == sample.Steady && slices.Contains(flows, series.Flow) {
				s.whole = append(s.whole, w)
			}
		}
		slices.SortFunc(s.whole, func(a, b record.Window) int { return cmp.Compare(a.From, b.From) })
	}
	for _, i := range flows {
		series := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
		if t := r.Total(series); t != nil {
			s.messages += t.InWindow
		}
		w := r.Window(series)
		if len(s.windows) == 0 {
			s.windows = append(s.windows, w)
		} else if w.Length() > 0 { // at the same time, but for moments
			s.windows[0] = record.Window{From: min(s.windows[0].From, w.From), To: max(s.windows[0].To, w.To)}
		}
	}
	return s
}

// isAlone tells whether each flow of a run is the only one under load while it is.
func isAlone(r *record.Run) bool { return r.Header.InTurn || len(r.Header.Flows) == 1 }

// isLookedAt tells whether somebody looked at the server's own side.
func isLookedAt(r *record.Run) bool { return len(r.Server) > 0 || len(r.Queries) > 0 }

// ofServer reads a figure of the server's processes. Its memory is a figure of the run,
// which the first round has: what a server keeps from one round to the next makes rounds no
// independent samples.
func ofServer(kind criteria.Kind) func(*roundData) (float64, bool) {
	return func(r *roundData) (float64, bool) {
		if r.server == nil {
			return 0, false
		}
		windows := r.server.windows
		if kind == criteria.ServerMemory {
			windows = r.server.whole
		}
		l := figures.ServerUnder(r.server.run, windows...)
		switch kind {
		case criteria.ServerCPU:
			v, ok := l.CPUPerMessage(r.server.messages)
			return float64(v), ok
		case criteria.ServerWritten:
			return l.WrittenPerMessage(r.server.messages)
		}
		return float64(l.Memory), l.Known()
	}
}

// queryMetrics are the metrics of the queries that both sides have: by message for what is
// a count in all rounds, by its mean for all else. The other figures of a query are for who
// asks for them.
func queryMetrics(base, other []roundData) []comparedMetric {
	var list []comparedMetric
	for _, query := range slices.Sorted(maps.Keys(queriesOf(base))) {
		if !queriesOf(other)[query] {
			continue
		}
		headline := "per_message"
		counts := comparedQuery(query, headline)
		if rounds := slices.Concat(base, other); len(values(rounds, counts)) < len(rounds) {
			headline = "mean"
		}
		for _, stat := range criteria.QueryStats {
			m := comparedQuery(query, stat)
			m.headline = stat == headline
			list = append(list, m)
		}
	}
	return list
}

func queriesOf(rounds []roundData) map[string]bool {
	names := map[string]bool{}
	for i := range rounds {
		if s := rounds[i].server; s != nil {
			for name := range s.run.Queries {
				names[name] = true
			}
		}
	}
	return names
}

// comparedQuery is a figure of a query. It is a number of anything, so that nobody knows
// which way is better.
func comparedQuery(query, stat string) comparedMetric {
	c := criteria.ComparedQuery(query, stat)
	return comparedMetric{name: c.Name, unit: c.Unit(), either: true, of: func(r *roundData) (float64, bool) {
		if r.server == nil {
			return 0, false
		}
		q := figures.QueryUnder(r.server.run, query, r.server.messages, r.server.windows...)
		v, why := q.Figure(stat)
		return v, why == ""
	}}
}

// addServer adds the rows of the server's own side under flows that run at once, and says
// if one of the sides lacks it.
func (c *builder) addServer(base, other []*record.Run) {
	b, n := slices.ContainsFunc(base, isLookedAt), slices.ContainsFunc(other, isLookedAt)
	switch {
	case b != n:
		c.warn("the server's own side is not compared: it was looked at on the " + map[bool]string{true: "base", false: "new"}[b] + " side only")
		return
	case !b:
		return
	}
	baseRounds, newRounds := roundsTogether(base), roundsTogether(other)
	if len(baseRounds) > 0 && len(newRounds) > 0 {
		metrics := slices.DeleteFunc(comparedMetrics(sample.ClosedLoad), func(m comparedMetric) bool { return !isOfServer(m.name) })
		c.addRows(AllFlows, append(metrics, queryMetrics(baseRounds, newRounds)...), baseRounds, newRounds, nil, nil)
	}
	if !slices.ContainsFunc(c.measured, func(m flowMetric) bool { return isOfServer(m.metric) }) {
		c.warn("the server's own side is not compared: it was looked at for too small a part of the rounds, or the flows run at once on one side only")
	}
}

// isOfServer tells whether a metric is of the server's own side.
func isOfServer(metric string) bool { return strings.HasPrefix(metric, criteria.ServerPrefix) }

// roundsTogether are the rounds of the runs whose flows run at once.
func roundsTogether(runs []*record.Run) []roundData {
	var list []roundData
	for _, r := range runs {
		if isAlone(r) {
			continue
		}
		var flows []int
		for i := range r.Header.Flows {
			flows = append(flows, i)
		}
		for round := range r.Header.Rounds {
			if s := newServerRound(r, round, flows...); s.messages > 0 {
				list = append(list, roundData{total: tally.NewTotal(), server: s})
			}
		}
	}
	return list
}
