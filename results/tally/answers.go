package tally

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An Answer is what a query said at To, or why it said nothing. It stands for the time
// since the answer before.
type Answer struct {
	Query    string // its name
	From, To sample.Instant
	Value    *float64
	Missed   string // why there is no value
}

// Answers are those to one query that follow each other, put together.
type Answers struct {
	From     sample.Instant `json:"from"`
	To       sample.Instant `json:"to"`
	Answered time.Duration  `json:"answered_ns,omitempty"` // the part of that time for which there is a value
	Count    int64          `json:"count,omitempty"`       // values
	Missed   int64          `json:"missed,omitempty"`      // times that there was none
	Why      string         `json:"why,omitempty"`         // there was none, the first time
	Min      float64        `json:"min,omitempty"`         // this and the following are 0 without a value
	Max      float64        `json:"max,omitempty"`
	Sum      float64        `json:"sum,omitempty"`
	First    float64        `json:"first,omitempty"`
	Last     float64        `json:"last,omitempty"`
	FirstAt  sample.Instant `json:"first_at,omitempty"`
	LastAt   sample.Instant `json:"last_at,omitempty"`
	Rise     float64        `json:"rise,omitempty"`    // added up over the values that are above the one before
	Changes  int64          `json:"changes,omitempty"` // values that differ from the one before
	Fell     bool           `json:"fell,omitempty"`    // a value was below the one before
}

// The bounds of what is kept of answers.
const (
	maxQueries     = 64
	maxAnswers     = 4096 // of a query; of more, neighbours are put together, two and two
	maxAnswerValue = 1e100
	maxAnswerText  = 300 // of names and of reasons, in octets
)

// Check refuses answers that no query gives.
func (a *Answer) Check() error {
	if (a.Value == nil) == (a.Missed == "") {
		return fmt.Errorf("an answer to the query %.60q has to have either a value or a reason", a.Query)
	}
	s := a.Answers()
	return s.Check(a.Query)
}

// Check refuses answers that no query of that name gives.
func (s *Answers) Check(query string) error {
	if query == "" || len(query) > maxAnswerText || len(s.Why) > maxAnswerText {
		return fmt.Errorf("answers to a query have texts of %d and %d octets, want 1 to %d and %d at most", len(query), len(s.Why), maxAnswerText, maxAnswerText)
	}
	if s.From < 0 || s.To < s.From || s.Answered < 0 || s.Count < 0 || s.Missed < 0 || s.Changes < 0 || s.Changes > s.Count || s.LastAt < s.FirstAt {
		return fmt.Errorf("the answers to the query %.60q, from %d to %d, cannot be", query, s.From, s.To)
	}
	for _, v := range []float64{s.Min, s.Max, s.First, s.Last, s.Sum, s.Rise} {
		if !(math.Abs(v) <= maxAnswerValue*float64(max(1, s.Count))) {
			return fmt.Errorf("the query %.60q has a value of %v", query, v)
		}
	}
	return nil
}

// Answers is the answer by itself.
func (a *Answer) Answers() Answers {
	s := Answers{From: a.From, To: a.To}
	if a.Value == nil {
		s.Missed, s.Why = 1, a.Missed
		return s
	}
	v := *a.Value
	s.Count, s.Answered, s.Min, s.Max, s.Sum, s.First, s.Last, s.FirstAt, s.LastAt = 1, a.To.Sub(a.From), v, v, v, v, v, a.To, a.To
	return s
}

// Join adds later answers, which need not be the next.
func (s *Answers) Join(later *Answers) {
	s.To, s.Answered = later.To, s.Answered+later.Answered
	s.Missed += later.Missed
	if s.Why == "" {
		s.Why = later.Why
	}
	switch {
	case later.Count == 0:
		return
	case s.Count == 0:
		s.Min, s.Max, s.First, s.FirstAt = later.Min, later.Max, later.First, later.FirstAt
	default:
		s.Min, s.Max = min(s.Min, later.Min), max(s.Max, later.Max)
		s.step(later.First)
	}
	s.Rise, s.Changes, s.Fell = s.Rise+later.Rise, s.Changes+later.Changes, s.Fell || later.Fell
	s.Count, s.Sum, s.Last, s.LastAt = s.Count+later.Count, s.Sum+later.Sum, later.Last, later.LastAt
}

// step goes from the last value to the next.
func (s *Answers) step(next float64) {
	switch {
	case next > s.Last:
		s.Rise += next - s.Last
		s.Changes++
	case next < s.Last:
		s.Fell = true
		s.Changes++
	}
}

// Mean is the mean of the values; 0 if there is none.
func (s *Answers) Mean() float64 { return s.Sum / float64(max(1, s.Count)) }

// Queries are the answers to the queries of a run, by their names, in the order of time.
type Queries map[string][]Answers

// Add adds an answer.
func (q Queries) Add(a *Answer) {
	next := a.Answers()
	q.Put(a.Query, &next)
}

// Put adds the next answers to a query. Beyond a number of queries, further ones are left
// out.
func (q Queries) Put(query string, next *Answers) {
	if _, known := q[query]; !known && len(q) >= maxQueries {
		return
	}
	list := append(q[query], *next)
	if len(list) > maxAnswers {
		list = answersInPairs(list)
	}
	q[query] = list
}

func answersInPairs(list []Answers) []Answers {
	var out []Answers
	for pair := range slices.Chunk(list, 2) {
		if len(pair) == 2 {
			pair[0].Join(&pair[1])
		}
		out = append(out, pair[0])
	}
	return out
}

// Merge adds what another generator was answered. If both asked at the same time, one of
// the answers counts.
func (q Queries) Merge(from Queries) {
	for name, more := range from {
		all := append(slices.Clone(q[name]), more...)
		slices.SortStableFunc(all, func(a, b Answers) int { return cmp.Compare(a.From, b.From) })
		var list []Answers
		end := sample.Instant(0)
		for i := range all {
			if all[i].From >= end {
				list, end = append(list, all[i]), all[i].To
			}
		}
		for len(list) > maxAnswers {
			list = answersInPairs(list)
		}
		if _, known := q[name]; known || len(q) < maxQueries {
			q[name] = list
		}
	}
}

// Between puts together the answers to a query that came between two points in time. The
// one after them stands for the rest of that time, also if it says that there is no value. If
// there is none, as at the end of a run, the last one does, until the next was due. before is
// the end of the time that was looked at before this one, or 0: what was missed at that end
// has been counted there.
func (q Queries) Between(name string, from, to, before sample.Instant) Answers {
	var sum Answers
	var late *Answers // asked in between, and found unanswered after it
	for i := range q[name] {
		a := &q[name][i]
		if a.To > to && a.From < to {
			switch {
			case a.Count == 0:
				late = a
			case sum.To != 0:
				sum.Answered += to.Sub(a.From)
			}
		}
		if a.To <= from || a.To > to {
			continue
		}
		part := *a
		if part.From < from { // it stands for a time that is not all in between
			part.Answered = max(0, part.Answered-from.Sub(part.From))
			part.Missed, part.From = a.missedIn(from, to, before), from
			if part.Count+part.Missed == 0 {
				continue
			}
		}
		if sum.To == 0 {
			sum = part
		} else {
			sum.Join(&part)
		}
	}
	if last := q.last(name); sum.To != 0 && last.To == sum.To && sum.LastAt == sum.To {
		each := sum.To.Sub(sum.From) / time.Duration(max(1, sum.Count+sum.Missed))
		sum.Answered += min(to.Sub(sum.To), each)
	}
	if late == nil {
		return sum
	}
	switch missed := late.missedIn(from, to, before); {
	case missed == 0:
	case sum.To == 0:
		sum = Answers{From: max(from, late.From), To: to, Missed: missed, Why: late.Why}
	default:
		sum.To, sum.Missed, sum.Why = to, sum.Missed+missed, cmp.Or(sum.Why, late.Why)
	}
	return sum
}

// missedIn is how often there was no value between two points in time, of which the answers
// stand for a part. Of several put together, nobody knows when that was: they count as far as
// they last, and once at least. What was there at before and is of misses alone was counted
// there, once at least.
func (s *Answers) missedIn(from, to, before sample.Instant) int64 {
	length, inside := s.To.Sub(s.From), min(to, s.To).Sub(max(from, s.From))
	if s.Missed == 0 || inside >= length {
		return s.Missed
	}
	share := float64(s.Missed) * float64(inside) / float64(length)
	if s.Count == 0 && s.From < before && s.To > before {
		return int64(share)
	}
	return min(s.Missed, int64(math.Ceil(share)))
}

// last are the last answers to a query.
func (q Queries) last(name string) Answers {
	if n := len(q[name]); n > 0 {
		return q[name][n-1]
	}
	return Answers{}
}
