package compare

import (
	"math"
	"path"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A roundData is what one round of a flow came to: the unit of comparisons.
type roundData struct {
	total  *tally.Total
	window time.Duration
	cpu    time.Duration // of the generator, for a message; 0 if not known
	server *serverRound  // nil if the round is not all that the server did
}

// A comparedMetric is a figure that rounds are compared by.
type comparedMetric struct {
	name     string
	unit     criteria.Unit
	higher   bool         // is better
	either   bool         // nobody knows which is
	perRun   bool         // a run has one figure, in its first round; left out if there is one run a side
	headline bool         // compared unless asked otherwise
	rare     bool         // left out without a word if there are too few samples
	absolute float64      // as in stats.Pair
	phase    sample.Phase // of a time
	of       func(*roundData) (float64, bool)
	track    func(*soleRound) stats.Track // nil if a sole round has no interval

	// Of a quantile: how many samples a round has, and how many it takes until one
	// is beyond the quantile.
	samples func(*roundData) int64
	enough  int64
}

// comparedMetrics are the metrics that rounds under a kind of load are compared by.
func comparedMetrics(load sample.LoadKind) []comparedMetric {
	var list []comparedMetric
	for _, c := range criteria.ComparedBy(load) {
		m := comparedMetric{name: c.Name, unit: c.Unit(), headline: c.Headline, rare: c.Rare, phase: c.Phase}
		switch c.Kind {
		case criteria.Latency:
			m.latency(&c)
		case criteria.Rate:
			m.higher, m.of, m.track = true, (*roundData).rate, rateTrack
		case criteria.Errors:
			m.of, m.track, m.absolute = (*roundData).errors, errorsTrack, SmallestErrors
		case criteria.SetUp:
			m.of = (*roundData).setUp
		case criteria.GeneratorCPU:
			m.of = func(r *roundData) (float64, bool) { return float64(r.cpu), r.cpu > 0 }
		default:
			m.of, m.perRun = ofServer(c.Kind), c.Kind == criteria.ServerMemory
		}
		list = append(list, m)
	}
	return list
}

// latency sets how a time of a phase is read. The intervals of a sole round are read
// for headlines only.
func (m *comparedMetric) latency(c *criteria.Compared) {
	s := tally.SlotOf(c.Phase, c.Part)
	if c.Stat == "mean" {
		m.of, m.track = meanOf(s), meanTrack(s)
		return
	}
	m.enough = int64(math.Round(1 / (1 - c.Q)))
	m.of = func(r *roundData) (float64, bool) {
		v, ok := r.total.Hists[s].Quantile(c.Q)
		return float64(v), ok
	}
	m.samples = func(r *roundData) int64 { return r.total.Hists[s].Count() }
	if c.Headline {
		m.track = quantileTrack(s, c.Q)
	}
}

// pair is what a metric is on both sides, to be judged.
func (m *comparedMetric) pair(base, other []roundData) stats.Pair {
	p := stats.Pair{Base: values(base, *m), New: values(other, *m), HigherIsBetter: m.higher, Undirected: m.either, Absolute: m.absolute}
	if m.absolute > 0 {
		p.Grain = ruleOfThree / float64(max(1, min(attempted(base), attempted(other))))
	}
	return p
}

// ruleOfThree over a number of messages is the share of errors that, of so many, shows
// none in one case of twenty.
const ruleOfThree = 3

func attempted(rounds []roundData) int64 {
	n := int64(0)
	for i := range rounds {
		n += rounds[i].total.Messages().Attempted
	}
	return n
}

func meanOf(s tally.Slot) func(*roundData) (float64, bool) {
	return func(r *roundData) (float64, bool) {
		v, ok := r.total.Hists[s].Mean()
		return float64(v), ok
	}
}

func (r *roundData) rate() (float64, bool) {
	return figures.PerSecond(r.total.InWindow, r.window), r.window > 0
}

func (r *roundData) errors() (float64, bool) {
	m := r.total.Messages()
	return m.ErrorShare()
}

// setUpPhases are the phases of a session before its first message, without the
// look-up of the name, which is not the server's.
var setUpPhases = sample.ServerPhasesOf(sample.SetUp)

// setUp is what the set-up of a session costs, on average: all times of its phases,
// over the sessions started. It is false if none was.
func (r *roundData) setUp() (float64, bool) {
	var sum time.Duration
	for _, p := range setUpPhases {
		sum += r.total.Hists[tally.SlotOf(p, sample.Service)].Sum()
	}
	return float64(sum) / float64(max(1, r.total.Started)), sum > 0 && r.total.Started > 0
}

// matches tells whether a metric matches one of the patterns, such as "message.*" or
// "submit-587.rate".
func matches(patterns []string, flow, metric string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		// A malformed pattern matches nothing; check has refused it before.
		plain, _ := path.Match(pattern, metric)
		named, _ := path.Match(pattern, flow+"."+metric)
		return plain || named
	})
}

// roundsOf are the rounds of a flow in which a message was attempted.
func roundsOf(r *record.Run, flow int) []roundData {
	var list []roundData
	for round := range r.Header.Rounds {
		t := r.Total(sample.Series{Flow: flow, Round: round, Stage: sample.Steady})
		if t != nil && t.Messages().Attempted > 0 {
			d := roundData{total: t, window: r.RoundLength(flow, round), cpu: r.CPU(flow, round)}
			if isAlone(r) {
				d.server = newServerRound(r, round, flow)
			}
			list = append(list, d)
		}
	}
	return list
}
