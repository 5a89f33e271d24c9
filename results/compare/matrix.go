package compare

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Matrix says what the choices of a run's flows cost: ports, TLS, AUTH, reuse of
// connections and pipelining. What a message costs is of all rounds of a flow
// together. How flows differ is judged by their single rounds.
type Matrix struct {
	Baseline string       `json:"baseline"`
	Rounds   int          `json:"rounds"`  // of each flow, if all were measured
	InTurn   bool         `json:"in_turn"` // one flow after another; otherwise each had the others' load beside it
	Flows    []MatrixFlow `json:"flows"`
	Against  Differences  `json:"against_baseline"` // the other flows
	Choices  Differences  `json:"choices"`          // pairs of flows that differ in one

	Name string `json:"-"` // of the scenario
	Runs int    `json:"-"`
}

// A MatrixFlow is a flow with what it chose, and what one of its delivered messages
// costs. Times are means over all rounds.
type MatrixFlow struct {
	Flow               string `json:"flow"`
	Port               int    `json:"port,omitempty"`
	TLS                string `json:"tls"`
	Auth               string `json:"auth,omitempty"`
	MessagesPerSession *int   `json:"messages_per_session"` // 0: as many as the load lasts; null if the run file does not say
	Pipelining         string `json:"pipelining,omitempty"`
	Size               string `json:"size,omitempty"`
	Recipients         int    `json:"recipients,omitempty"`

	Delivered int64                    `json:"delivered"`        // messages accepted
	Sessions  int64                    `json:"sessions"`         // started
	Cost      *time.Duration           `json:"cost_ns"`          // null if nothing was delivered
	Phases    map[string]time.Duration `json:"phases_ns"`        // those the flow has; with Between they add up to Cost
	Between   *time.Duration           `json:"between_ns"`       // null if it cannot be told
	CPU       *time.Duration           `json:"generator_cpu_ns"` // the median of the rounds; null if it is not known

	Header record.FlowHeader `json:"-"`
}

// Differences are pairs of flows judged together.
type Differences struct {
	Alpha        float64      `json:"alpha"`         // chance of any false alarm in all of them
	Tested       int          `json:"tested"`        // which the p-values are adjusted for (Holm)
	RoundsNeeded int          `json:"rounds_needed"` // of a flow, before any verdict is possible
	Pairs        []Difference `json:"pairs"`
}

// A Difference is what flow New costs more than flow Base.
type Difference struct {
	Base    string   `json:"base"`
	New     string   `json:"new"`
	Changes []Change `json:"changes"`
	Unlike  string   `json:"not_compared,omitempty"` // why the two cannot be compared: "64 sessions, not 1 session"
	Time    *Row     `json:"cost_time"`              // of a delivered message; null if a side has none
	CPU     *Row     `json:"cost_cpu"`               // of the generator; null if it is not known
}

// Choice names what a pair differs in: "TLS none → starttls".
func (d *Difference) Choice() string {
	last := d.Changes[len(d.Changes)-1]
	text := last.Choice + " " + last.From + " → " + last.To
	if len(d.Changes) > 1 {
		text += " + port"
	}
	return text
}

// maxDifferences bounds the differences between rounds in all pairs of a matrix
// together: a run file may have so many flows and rounds that they take for ever.
const maxDifferences = 5_000_000

// NewMatrix makes the matrix of runs that repeat one scenario, of all their rounds
// together. The error says that they are of different scenarios, that one is given
// twice, or that the scenario has no baseline.
func NewMatrix(runs []*record.Run) (*Matrix, error) {
	if err := record.CheckDistinct(runs); err != nil {
		return nil, err
	}
	for i, r := range runs {
		if r.Header.Hash != runs[0].Header.Hash || !slices.EqualFunc(r.Header.Flows, runs[0].Header.Flows, record.SameFlow) {
			return nil, fmt.Errorf("run %d is of another scenario than run 1: only runs of the same one are repeats", i+1)
		}
	}
	if len(runs) == 0 || runs[0].FlowIndex(runs[0].Header.Baseline) < 0 {
		return nil, errors.New("the scenario names no baseline to compare its flows with")
	}
	return MatrixOf(runs...), nil
}

// MatrixOf makes the matrix of runs that are known to repeat one scenario; nil if the
// scenario has no baseline.
func MatrixOf(runs ...*record.Run) *Matrix {
	h := &runs[0].Header
	base := runs[0].FlowIndex(h.Baseline)
	if base < 0 {
		return nil
	}
	m := &matrixBuilder{runs: runs, header: h, rounds: map[string][]roundData{}, sole: map[string]*soleRound{}}
	out := &Matrix{Name: h.Name, Runs: len(runs), Baseline: h.Baseline, InTurn: h.InTurn || len(h.Flows) == 1, Flows: []MatrixFlow{}}
	for i := range h.Flows {
		f := &h.Flows[i]
		m.measure(f.Name)
		out.Rounds = max(out.Rounds, len(m.rounds[f.Name]))
		out.Flows = append(out.Flows, m.flow(f))
	}
	var against [][2]int
	for i := range h.Flows {
		if i != base {
			against = append(against, [2]int{base, i})
		}
	}
	out.Against, out.Choices = m.differences(against), m.differences(choicePairs(h.Flows))
	return out
}

type matrixBuilder struct {
	runs   []*record.Run
	header *record.Header
	rounds map[string][]roundData
	sole   map[string]*soleRound // of flows with one round
}

func (m *matrixBuilder) measure(name string) {
	side := flowSide{m.runs, name}
	m.rounds[name], _ = side.rounds()
	if len(m.rounds[name]) == 1 {
		m.sole[name] = side.soleRound()
	}
}

func (m *matrixBuilder) flow(h *record.FlowHeader) MatrixFlow {
	f := MatrixFlow{
		Flow: h.Name, Port: h.Port, TLS: h.TLS, Auth: h.Auth, Pipelining: h.Pipelining, Size: h.Size, Recipients: h.Recipients,
		Phases: map[string]time.Duration{}, Header: *h,
	}
	if h.HasChoices() {
		f.MessagesPerSession = new(h.Messages)
	}
	all := tally.NewTotal()
	rounds := m.rounds[h.Name]
	for i := range rounds {
		all.Add(rounds[i].total)
	}
	f.Delivered, f.Sessions = all.Outcomes[sample.Accepted], all.Started
	if c, ok := costOf(all); ok {
		f.Cost, f.Between = new(c.whole), c.between
		for phase, d := range c.phases {
			f.Phases[phase.String()] = d
		}
	}
	if cpu := values(rounds, costMetrics[1]); len(cpu) > 0 {
		f.CPU = new(time.Duration(stats.Summarize(cpu, stats.DefaultAlpha).Median))
	}
	return f
}

// differences judges pairs of flows, all together.
func (m *matrixBuilder) differences(pairs [][2]int) Differences {
	d := Differences{Alpha: stats.DefaultAlpha, Pairs: []Difference{}}
	work := 0
	for _, p := range pairs {
		base, other := &m.header.Flows[p[0]], &m.header.Flows[p[1]]
		changes, _ := changesOf(base, other)
		d.Pairs = append(d.Pairs, Difference{Base: base.Name, New: other.Name, Changes: changes, Unlike: unlike(base, other)})
		work += len(m.rounds[base.Name]) * len(m.rounds[other.Name])
	}
	if work > maxDifferences {
		return d
	}
	c := &builder{comparison: newComparison(Options{}), significant: true} // a cost is a finding, however small
	var places []**Row
	for i := range d.Pairs {
		pair := &d.Pairs[i]
		if pair.Unlike != "" {
			continue
		}
		for n, place := range []**Row{&pair.Time, &pair.CPU} {
			if m.row(c, pair, costMetrics[n]) {
				places = append(places, place)
			}
		}
	}
	judged, err := c.judge()
	if err != nil {
		return d // nothing was delivered on both sides of any pair
	}
	d.Tested, d.RoundsNeeded = judged.Tested, judged.RoundsNeeded
	for i, place := range places {
		*place = &judged.Rows[i]
	}
	return d
}

// unlike says why two flows cannot be compared: a message waits longer beside more of
// them, which is the load's work and not the flow's. It is "" if they can.
func unlike(base, other *record.FlowHeader) string {
	if !other.Offered.Differs(base.Offered) {
		return ""
	}
	if is, was := other.Offered.Text, base.Offered.Text; is != was {
		return is + ", not " + was
	}
	return "another load"
}

// row adds a metric of a pair to what is judged. It is false if a side does not have
// the metric.
func (m *matrixBuilder) row(c *builder, d *Difference, metric comparedMetric) bool {
	pair := stats.Pair{Base: values(m.rounds[d.Base], metric), New: values(m.rounds[d.New], metric)}
	if len(pair.Base) == 0 || len(pair.New) == 0 {
		return false
	}
	row := newRow(d.New, metric, &pair)
	if base, other := m.sole[d.Base], m.sole[d.New]; base != nil && other != nil && metric.track != nil {
		row.setWithinRun(metric, base, other, c.o.level())
	}
	c.comparison.Rows, c.pairs = append(c.comparison.Rows, row), append(c.pairs, pair)
	return true
}

// choicePairs finds, for each flow and each choice, the first flow before it that
// differs in that choice alone. If there is none for any choice, the port may differ
// as well: on most servers it goes with TLS and AUTH. A flow that chose as one before
// it has no pairs.
func choicePairs(flows []record.FlowHeader) [][2]int {
	var pairs [][2]int
	for i := range flows {
		if slices.ContainsFunc(flows[:i], func(f record.FlowHeader) bool { list, ok := changesOf(&f, &flows[i]); return ok && len(list) == 0 }) {
			continue
		}
		own := singleChanges(flows, i, func(changes []Change) string {
			if len(changes) == 1 {
				return changes[0].Choice
			}
			return ""
		})
		if len(own) == 0 {
			own = singleChanges(flows, i, func(changes []Change) string {
				if len(changes) == 2 && changes[0].Choice == ChoicePort {
					return changes[1].Choice
				}
				return ""
			})
		}
		pairs = append(pairs, own...)
	}
	return pairs
}

// singleChanges pairs flow i with the first one before it for each choice that only
// returns. It returns "" for changes that make no pair.
func singleChanges(flows []record.FlowHeader, i int, only func([]Change) string) [][2]int {
	var pairs [][2]int
	var found []string
	for j := range i {
		changes, ok := changesOf(&flows[j], &flows[i])
		if choice := only(changes); ok && choice != "" && !slices.Contains(found, choice) {
			found = append(found, choice)
			pairs = append(pairs, [2]int{j, i})
		}
	}
	return pairs
}
