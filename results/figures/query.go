package figures

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Query is what a query about the server said under load: in the flows' windows,
// without warm-up and drain. A pointer is nil if the figure is not known.
type Query struct {
	Name       string   `json:"name"`
	Answers    int64    `json:"answers"`
	Missed     int64    `json:"missed"`        // times that there was no answer
	Why        string   `json:"why,omitempty"` // there was none, the first time
	Share      float64  `json:"answered_share"`
	Min        *float64 `json:"min"`
	Mean       *float64 `json:"mean"`
	Max        *float64 `json:"max"`
	Last       *float64 `json:"last"`
	PerMessage *float64 `json:"per_message"` // how much it rose, over the messages accepted

	noPerMessage string        // why that is not known
	silent       time.Duration // from the last answer to the end of the load
}

// leastChanges is how often a count has to rise under load, if it is to be shared out
// among the messages. Prometheus sees a server at intervals: of so many, one more or less
// makes 10 %.
const leastChanges = 10

// queriesOf are the figures of the queries about the server, by their names.
func queriesOf(r *record.Run) []Query {
	var list []Query
	messages := int64(0)
	for i := range r.Header.Flows {
		messages += r.FlowTotal(i, sample.Steady).InWindow
	}
	for _, name := range slices.Sorted(maps.Keys(r.Queries)) {
		list = append(list, QueryUnder(r, name, messages, r.SteadyWindows()...))
	}
	return list
}

// QueryUnder is what a query said in some windows of a run, in which so many messages were
// accepted.
func QueryUnder(r *record.Run, name string, messages int64, windows ...record.Window) Query {
	var sum tally.Answers
	var load, counted time.Duration
	var risen float64
	changes, fell := int64(0), false
	var before sample.Instant
	for _, w := range windows {
		load += w.Length()
		part := r.Queries.Between(name, w.From, w.To, before)
		before = w.To
		if part.To == 0 {
			continue
		}
		// By windows, as what rises in between is not of the load.
		counted, risen = counted+part.LastAt.Sub(part.FirstAt), risen+part.Rise
		changes, fell = changes+part.Changes, fell || part.Fell
		if sum.To == 0 {
			sum = part
		} else {
			sum.Join(&part)
		}
	}
	q := Query{Name: name, Answers: sum.Count, Missed: sum.Missed, Why: sum.Why, noPerMessage: "no message was accepted under load"}
	if load > 0 {
		q.Share = min(1, float64(sum.Answered)/float64(load))
		q.silent = windows[len(windows)-1].To.Sub(sum.LastAt)
	}
	if sum.Count == 0 {
		return q
	}
	mean := sum.Mean()
	q.Min, q.Mean, q.Max, q.Last = &sum.Min, &mean, &sum.Max, &sum.Last
	switch {
	case messages == 0:
	case fell:
		q.noPerMessage = "it fell, so it is no count"
	case changes < leastChanges:
		q.noPerMessage = fmt.Sprintf("it rose %d times under load, and %d are needed: Prometheus sees the server too seldom, or the load is too short", changes, leastChanges)
	case q.Share < leastLooked:
		q.noPerMessage = q.tooFew()
	default:
		// The first answer comes after the load has begun, so its rise is of a part of the time.
		each := risen / counted.Seconds() * load.Seconds() / float64(messages)
		q.PerMessage = &each
	}
	return q
}

func (q *Query) tooFew() string {
	text := fmt.Sprintf("it was answered for %.0f %% of the load only", 100*q.Share)
	switch {
	case q.Why != "":
		text += ": " + q.Why
	case q.Answers > 0 && q.silent > time.Second:
		text += ": the last answer came " + human.Duration(q.silent) + " before its end"
	}
	return text
}

// queryMetric is a figure of a query, or why there is none: an extreme of answers that
// were missed for a part of the load may not be the extreme.
func (res *Result) queryMetric(m criteria.Metric) (value float64, reason string) {
	i := slices.IndexFunc(res.Queries, func(q Query) bool { return q.Name == m.Query })
	if i < 0 {
		return 0, "nobody asked it"
	}
	q := &res.Queries[i]
	return q.Figure(m.Stat)
}

// Figure is one of criteria.QueryStats, or why there is none.
func (q *Query) Figure(stat string) (value float64, reason string) {
	v := map[string]*float64{"min": q.Min, "mean": q.Mean, "max": q.Max, "last": q.Last, "per_message": q.PerMessage}[stat]
	switch {
	case q.Answers == 0 && q.Why == "":
		return 0, "it was not answered under load"
	case q.Share < leastLooked:
		return 0, q.tooFew()
	case v == nil && stat == "per_message":
		return 0, q.noPerMessage
	case v == nil:
		return 0, "it is not known"
	}
	return *v, ""
}
