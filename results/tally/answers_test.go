package tally

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// answered is what a query said in each second; NaN means nothing.
func answered(values ...float64) Queries {
	start, q := sample.Instant(1_700_000_000_000_000_000), Queries{}
	for i, v := range values {
		a := Answer{Query: "q", From: start.Add(time.Duration(i) * time.Second), To: start.Add(time.Duration(i+1) * time.Second), Value: &v}
		if math.IsNaN(v) {
			a.Value, a.Missed = nil, "no answer"
		}
		q.Add(&a)
	}
	return q
}

func TestAnswers(t *testing.T) {
	q := answered(5, math.NaN(), 7, 7, 10, 2)
	start := q["q"][0].From
	all := q.Between("q", start, start.Add(6*time.Second), 0)
	want := Answers{
		From: start, To: start.Add(6 * time.Second), Answered: 5 * time.Second, Count: 5, Missed: 1, Why: "no answer", Min: 2, Max: 10, Sum: 31,
		First: 5, Last: 2, FirstAt: start.Add(time.Second), LastAt: start.Add(6 * time.Second), Rise: 5, Changes: 3, Fell: true,
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("all: %+v, want %+v", all, want)
	}
	part := q.Between("q", start.Add(1500*time.Millisecond), start.Add(4500*time.Millisecond), 0)
	if part.Count != 2 || part.Missed != 1 || part.Answered != 2500*time.Millisecond || part.Changes != 0 || part.Min != 7 {
		t.Errorf("a part: %+v", part)
	}
	if tail := q.Between("q", start, start.Add(6900*time.Millisecond), 0); tail.Answered != 5900*time.Millisecond {
		t.Errorf("until the next answer was due: %v", tail.Answered)
	}
	if tail := q.Between("q", start, start.Add(9*time.Second), 0); tail.Answered != 6*time.Second {
		t.Errorf("long after the last answer: %v", tail.Answered)
	}
	if none := q.Between("other", start, start.Add(time.Hour), 0); none != (Answers{}) {
		t.Errorf("another query: %+v", none)
	}
}

// TestManyAnswers keeps no more than so many, and the same sums.
func TestManyAnswers(t *testing.T) {
	var values []float64
	for i := range 3*maxAnswers + 1 {
		values = append(values, float64(i%1000))
	}
	q := answered(values...)
	if n := len(q["q"]); n > maxAnswers {
		t.Errorf("%d are kept, want %d at most", n, maxAnswers)
	}
	sum := q.Between("q", 0, math.MaxInt64, 0)
	if n := int64(len(values)); sum.Count != n || sum.Changes != n-1 || sum.Max != 999 || sum.Rise != float64(n-1-n/1000) {
		t.Errorf("together: %+v", sum)
	}
	twice := Queries{}
	twice.Merge(q)
	twice.Merge(q)
	if got := twice.Between("q", 0, math.MaxInt64, 0); got != sum {
		t.Errorf("seen by two: %+v, want %+v", got, sum)
	}
}

func TestAnswerCheck(t *testing.T) {
	v, huge, no := 1.5, 1e200, math.NaN()
	for name, test := range map[string]struct {
		a  Answer
		ok bool
	}{
		"a value":      {Answer{Query: "q", To: 1, Value: &v}, true},
		"a reason":     {Answer{Query: "q", To: 1, Missed: "gone"}, true},
		"neither":      {Answer{Query: "q", To: 1}, false},
		"both":         {Answer{Query: "q", To: 1, Value: &v, Missed: "gone"}, false},
		"no name":      {Answer{To: 1, Value: &v}, false},
		"backwards":    {Answer{Query: "q", From: 2, To: 1, Value: &v}, false},
		"too large":    {Answer{Query: "q", To: 1, Value: &huge}, false},
		"not a number": {Answer{Query: "q", To: 1, Value: &no}, false},
	} {
		if err := test.a.Check(); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was asked in a time and not answered before its end is missed in it, with the reason.
func TestAnswersThatNeverCame(t *testing.T) {
	q := answered(5, 5, math.NaN())
	start := q["q"][0].From
	q["q"][2].To = start.Add(4 * time.Second) // it was waited for beyond the end
	part := q.Between("q", start, start.Add(3*time.Second), 0)
	if part.Count != 2 || part.Answered != 2*time.Second || part.Missed != 1 || part.Why != "no answer" || part.To != start.Add(3*time.Second) {
		t.Errorf("with answers before: %+v", part)
	}
	part = q.Between("q", start.Add(2500*time.Millisecond), start.Add(3*time.Second), 0)
	if part.Count != 0 || part.Answered != 0 || part.Missed != 1 || part.Why != "no answer" || part.From != start.Add(2500*time.Millisecond) {
		t.Errorf("with none before: %+v", part)
	}
	if part := q.Between("q", start, start.Add(2*time.Second), 0); part.Missed != 0 || part.Answered != 2*time.Second {
		t.Errorf("asked after the end: %+v", part)
	}
}

// What is late at the end of a time is missed once there, and not again in the next time. Of
// misses that were put together, those outside are not counted.
func TestMissesOfTwoWindows(t *testing.T) {
	at := func(s float64) sample.Instant {
		return sample.Instant(1_700_000_000_000_000_000).Add(time.Duration(s * float64(time.Second)))
	}
	miss := func(from, to float64, n int64) Answers {
		return Answers{From: at(from), To: at(to), Missed: n, Why: "no answer"}
	}
	value := func(from, to float64) Answers {
		a := Answer{From: at(from), To: at(to), Value: new(float64)}
		return a.Answers()
	}
	for name, c := range map[string]struct {
		answers   []Answers
		windows   [][2]float64
		missed    []int64
		answered  []float64
		lastsThen []float64 // until when
	}{
		"late once":              {[]Answers{value(0, 1), miss(1, 3, 1), value(3, 4)}, [][2]float64{{0, 2}, {2, 4}}, []int64{1, 0}, []float64{1, 1}, []float64{2, 4}},
		"four joined":            {[]Answers{value(0, 1), miss(1, 5, 4), value(5, 6)}, [][2]float64{{0, 2}, {2, 6}}, []int64{1, 3}, []float64{1, 1}, []float64{2, 6}},
		"over three windows":     {[]Answers{miss(0, 6, 6)}, [][2]float64{{1, 2}, {2, 4}, {4, 8}}, []int64{1, 2, 2}, []float64{0, 0, 0}, []float64{2, 4, 6}},
		"begun before them":      {[]Answers{miss(0, 4, 4), value(4, 5)}, [][2]float64{{3, 5}}, []int64{1}, []float64{1}, []float64{5}},
		"one, begun before them": {[]Answers{miss(0, 4, 1), value(4, 5)}, [][2]float64{{3, 5}}, []int64{1}, []float64{1}, []float64{5}},
		"all inside":             {[]Answers{miss(0, 1, 1), miss(1, 3, 2)}, [][2]float64{{0, 3}}, []int64{3}, []float64{0}, []float64{3}},
	} {
		q, before := Queries{"q": c.answers}, sample.Instant(0)
		for i, w := range c.windows {
			part := q.Between("q", at(w[0]), at(w[1]), before)
			before = at(w[1])
			if part.Missed != c.missed[i] || part.Answered.Seconds() != c.answered[i] || part.To != at(c.lastsThen[i]) {
				t.Errorf("%s, %v: %+v, want %d missed and %g s answered, until %g s", name, w, part, c.missed[i], c.answered[i], c.lastsThen[i])
			}
		}
	}
}
