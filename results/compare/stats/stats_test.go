package stats

import (
	"math"
	"math/bits"
	"slices"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func TestMinPIsWhatTheTestGives(t *testing.T) {
	for n1 := 1; n1 <= 8; n1++ {
		for n2 := 1; n2 <= 8; n2++ {
			var low, high []float64
			for i := range n1 {
				low = append(low, float64(i))
			}
			for i := range n2 {
				high = append(high, float64(100+i))
			}
			if got, want := MinP(n1, n2), Test(low, high); !near(got, want) {
				t.Errorf("%d and %d values: %v, the test gives %v", n1, n2, got, want)
			}
		}
	}
	if got := MinP(0, 5); got != 1 {
		t.Errorf("nothing on one side: %v", got)
	}
}

// With ties, the answer is that of going through every way of dealing the
// values to the sides, whatever their sizes and their order.
func TestTiedValues(t *testing.T) {
	for _, c := range []struct{ base, other []float64 }{
		{[]float64{1, 3, 3, 4}, []float64{0, 1, 1, 2, 3, 4}},
		{[]float64{0, 4, 4, 4, 4}, []float64{0, 2, 2, 3, 3, 4}},
		{[]float64{0, 0, 0, 0, 0, 0, 0}, []float64{0, 0.1, 0.1, 0.2}}, // errors that came
		{[]float64{1, 1, 2}, []float64{2, 2, 2, 3, 3, 3, 3}},
		{[]float64{1, 1, 2, 2, 2}, []float64{2, 2, 3, 3, 3}},
	} {
		want := dealt(c.base, c.other)
		if got := Test(c.base, c.other); !near(got, want) {
			t.Errorf("%v and %v: %v, want %v", c.base, c.other, got, want)
		}
		if got := Test(c.other, c.base); !near(got, want) {
			t.Errorf("%v and %v: %v, want %v", c.other, c.base, got, want)
		}
	}
}

// dealt is the p-value of the U test by its definition.
func dealt(base, other []float64) float64 {
	all := slices.Concat(base, other)
	u := func(hand int) float64 {
		sum := 0.0
		for i, a := range all {
			for j, b := range all {
				if hand>>i&1 == 1 && hand>>j&1 == 0 && a >= b {
					sum++
					if a == b {
						sum -= 0.5
					}
				}
			}
		}
		return sum
	}
	seen := u(1<<len(base) - 1)
	lower, upper, hands := 0.0, 0.0, 0.0
	for hand := range 1 << len(all) {
		if bits.OnesCount(uint(hand)) != len(base) {
			continue
		}
		hands++
		if v := u(hand); v <= seen {
			lower++
			if v == seen {
				upper++
			}
		} else {
			upper++
		}
	}
	return min(1, 2*min(lower, upper)/hands)
}

func TestRoundsNeeded(t *testing.T) {
	for _, c := range []struct {
		alpha float64
		tests int
		want  int
	}{
		{0.05, 0, 4}, {0.05, 1, 4}, {0.05, 6, 5}, {0.05, 7, 6}, {0.05, 30, 7}, {0.05, 640, 9}, {0.01, 1, 5}, {0.1, 1, 3},
		{2.0 / 252, 1, 5}, // exactly what five can do
	} {
		if got := RoundsNeeded(c.alpha, c.tests); got != c.want {
			t.Errorf("alpha %v, %d tests: %d rounds, want %d", c.alpha, c.tests, got, c.want)
		}
	}
}

func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		{nil, []float64{}},
		{[]float64{0.04}, []float64{0.04}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // p.adjust of R
		{[]float64{0.5, 0.9, 0.8}, []float64{1, 1, 1}},
		{[]float64{0.01, 0.01}, []float64{0.02, 0.02}},
	} {
		if got := Holm(c.p); !slices.EqualFunc(got, c.want, near) {
			t.Errorf("Holm(%v) = %v, want %v", c.p, got, c.want)
		}
	}
}

func TestShift(t *testing.T) {
	for _, c := range []struct {
		name        string
		base, other []float64
		alpha       float64
		want        Estimate
	}{
		{"too few for an interval", []float64{1, 2, 3}, []float64{11, 12, 13}, 0.05, Estimate{10, ConfidenceInterval{math.Inf(-1), math.Inf(1)}}},
		{"three suffice at 10 %", []float64{1, 2, 3}, []float64{11, 12, 13}, 0.1, Estimate{10, ConfidenceInterval{8, 12}}},
		// k is 3 of 25 differences: P(U <= 2) is 4/252.
		{"five", []float64{0, 1, 2, 3, 4}, []float64{0, 10, 20, 30, 40}, 0.05, Estimate{18, ConfidenceInterval{-2, 38}}},
		{"an outlier moves little", []float64{1, 2, 3, 4, 5}, []float64{1, 2, 3, 4, 500}, 0.05, Estimate{0, ConfidenceInterval{-3, 497}}},
	} {
		got := Shift(c.base, c.other, c.alpha)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// The interval leaves out no change exactly where the test rejects it.
func TestIntervalAgreesWithTest(t *testing.T) {
	for n := 4; n <= 12; n++ {
		for by := range 3 * n {
			var base, other []float64
			for i := range n {
				base = append(base, 100+float64(3*i))
				other = append(other, 100.5+float64(3*i+by))
			}
			significant := Test(base, other) <= 0.05
			if e := Shift(base, other, 0.05); e.Contains(0) == significant {
				t.Errorf("%d values moved by %d: significant is %v, interval %+v", n, by, significant, e)
			}
		}
	}
}

func TestUTailIsADistribution(t *testing.T) {
	// Mann and Whitney's table: 3 and 4 values.
	for u, want := range []float64{1. / 35, 2. / 35, 4. / 35, 7. / 35, 11. / 35, 15. / 35, 20. / 35} {
		if got := uTail(3, 4)[u]; !near(got, want) {
			t.Errorf("P(U <= %d) of 3 and 4 is %v, want %v", u, got, want)
		}
	}
	// Beyond the exact limit the order goes on as it was.
	exact, approximate := mosesOrder(50, 50, 0.05), mosesOrder(50, 51, 0.05)
	if exact < 900 || approximate < exact || approximate > exact+40 {
		t.Errorf("order %d of 50 and 50, %d of 50 and 51", exact, approximate)
	}
}

func TestRatio(t *testing.T) {
	got, ok := Ratio([]float64{100, 101, 99, 100, 102}, []float64{200, 202, 198, 200, 204}, 0.05)
	if !ok || math.Abs(got.Value-1) > 0.02 || !got.Contains(1) || got.Contains(0) {
		t.Errorf("twice as much: %+v, %v", got, ok)
	}
	if _, ok := Ratio([]float64{0, 1}, []float64{1, 2}, 0.05); ok {
		t.Error("a ratio to zero")
	}
}

func TestNoise(t *testing.T) {
	for _, c := range []struct {
		name  string
		sides [][]float64
		want  float64
		ok    bool
	}{
		{"a difference between sides is none", [][]float64{{1, 1}, {5, 5}}, 0, true},
		{"one value says nothing", [][]float64{{1}, {5}}, 0, false},
		{"nor do zeros", [][]float64{{0, 0}, {1, 2}}, 0, false},
		{"an empty side is none", [][]float64{{math.E, 1}, nil}, math.Sqrt(0.5), true},
	} {
		if got, ok := Noise(c.sides...); ok != c.ok || !near(got, c.want) {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
}

func TestResolvable(t *testing.T) {
	if got := Resolvable(0.02, 3, 3, 0.05, 1); !math.IsInf(got, 1) {
		t.Errorf("three rounds resolve %v, want nothing", got)
	}
	if got := Resolvable(0, 3, 3, 0.05, 1); !math.IsInf(got, 1) {
		t.Errorf("three rounds without noise resolve %v, want nothing", got)
	}
	few, many := Resolvable(0.02, 5, 5, 0.05, 1), Resolvable(0.02, 20, 20, 0.05, 1)
	if few < 0.03 || few > 0.06 || !(many < few/1.9) {
		t.Errorf("five rounds resolve %v and twenty %v of a noise of 2 %%", few, many)
	}
	if got := RoundsFor(0.02, 0, 0.05, 1); got < 1e6 {
		t.Errorf("%d rounds for no change", got)
	}
	if up, down := RoundsFor(0.02, 0.5, 0.05, 1), RoundsFor(0.02, -0.5, 0.05, 1); up != 4 || down != 4 {
		t.Errorf("%d and %d rounds for a half, want the least there are", up, down)
	}
}

func TestVerdicts(t *testing.T) {
	base := []float64{100, 101, 102, 103, 104}
	times := func(f float64) []float64 {
		var v []float64
		for _, b := range base {
			v = append(v, f*b)
		}
		return v
	}
	for _, c := range []struct {
		name   string
		pair   Pair
		o      Options
		want   Verdict
		tested bool
	}{
		{"slower", Pair{Base: base, New: times(1.5)}, Options{}, Worse, true},
		{"faster", Pair{Base: base, New: times(0.5)}, Options{}, Better, true},
		{"a rate that fell", Pair{Base: base, New: times(0.5), HigherIsBetter: true}, Options{}, Worse, true},
		{"a rate that rose", Pair{Base: base, New: times(1.5), HigherIsBetter: true}, Options{}, Better, true},
		{"alike", Pair{Base: base, New: times(1.001)}, Options{MinEffect: 0.05}, Same, true},
		{"alike, as far as can be seen", Pair{Base: base, New: times(1.001)}, Options{MinEffect: 0.01}, NotShown, true},
		{"alike, of no named interest", Pair{Base: base, New: times(1.001)}, Options{}, NotShown, true},
		{"too small to matter", Pair{Base: base, New: times(1.06)}, Options{MinEffect: 0.1}, Same, true},
		{"significant, and perhaps too small", Pair{Base: base, New: times(1.06)}, Options{MinEffect: 0.065}, NotShown, true},
		{"a finding, however small", Pair{Base: base, New: times(1.06)}, Options{MinEffect: 0.1, Significant: true}, Worse, true},
		{"small, and mattering", Pair{Base: base, New: times(1.06)}, Options{MinEffect: 0.05}, Worse, true},
		{"too few", Pair{Base: base[:3], New: times(9)[:3]}, Options{}, TooFewRuns, true},
		{"too few at 1 in 1000", Pair{Base: base, New: times(9)}, Options{Alpha: 0.001}, TooFewRuns, true},
		{"one a side", Pair{Base: base[:1], New: times(9)[:1]}, Options{}, TooFewRuns, true},
		{"errors that came", Pair{Base: []float64{0, 0, 0, 0}, New: []float64{.1, .2, .1, .3}}, Options{}, Worse, true},
		{"few errors that came", Pair{Base: []float64{0, 0, 0, 0}, New: []float64{.1, .2, .1, .3}, Absolute: 0.5}, Options{}, Same, true},
		{"a rate that ended", Pair{Base: base, New: make([]float64, 5), HigherIsBetter: true}, Options{MinEffect: 0.05}, Worse, true},
		{"no errors in many messages", Pair{Base: make([]float64, 4), New: make([]float64, 4), Absolute: 0.001, Grain: 0.0001}, Options{}, Same, false},
		{"no errors in few messages", Pair{Base: make([]float64, 4), New: make([]float64, 4), Absolute: 0.001, Grain: 0.01}, Options{}, NotShown, false},
		{"no errors", Pair{Base: []float64{0, 0, 0, 0}, New: []float64{0, 0, 0, 0}}, Options{}, Same, false},
		{"one round without errors", Pair{Base: []float64{0}, New: []float64{0}}, Options{}, TooFewRuns, false},
	} {
		f := Judge([]Pair{c.pair}, c.o)
		if j := f.Judgements[0]; j.Verdict != c.want || j.Tested != c.tested {
			t.Errorf("%s: %s, tested %v; want %s, %v", c.name, j.Verdict, j.Tested, c.want, c.tested)
		}
	}
}

// What five rounds can tell of one metric, they cannot of ten.
func TestManyMetricsNeedMoreRounds(t *testing.T) {
	var pairs []Pair
	for range 10 {
		pairs = append(pairs, Pair{Base: []float64{1, 2, 3, 4, 5}, New: []float64{11, 12, 13, 14, 15}})
	}
	pairs = append(pairs, Pair{Base: make([]float64, 5), New: make([]float64, 5)})
	f := Judge(pairs, Options{})
	if f.Tested != 10 || f.RoundsNeeded != 6 {
		t.Errorf("%d tested, %d rounds needed; want 10 and 6", f.Tested, f.RoundsNeeded)
	}
	for i, j := range f.Judgements {
		if j.Verdict != TooFewRuns {
			t.Errorf("metric %d: %s", i, j.Verdict)
		}
	}
	if got := Judge(pairs[:6], Options{}).Judgements[5].Verdict; got != Worse {
		t.Errorf("of six: %s", got)
	}
}

func TestTracks(t *testing.T) {
	q := NewQuotient([]float64{10, 20, 30}, []float64{1, 1, 0})
	if v, ok := q.Value([]Span{{0, 3}}); !ok || v != 30 {
		t.Errorf("quotient of all %v, %v", v, ok)
	}
	if v, ok := q.Value([]Span{{1, 2}, {1, 2}}); !ok || v != 20 {
		t.Errorf("quotient of the second twice %v, %v", v, ok)
	}
	if _, ok := q.Value([]Span{{2, 3}}); ok {
		t.Error("a quotient by nothing")
	}

	var buckets [][]Bucket
	var all []Bucket
	for i := range 10 {
		var in []Bucket
		for v := range 100 {
			in = append(in, Bucket{float64(100*i + v), 1})
		}
		buckets, all = append(buckets, in), append(all, in...)
	}
	of := func(i int) []Bucket { return buckets[i] }
	for _, c := range []struct{ q, want, within float64 }{{0.5, 500, 6}, {0.99, 990, 2}, {0.999, 999, 2}} {
		if v, ok := NewQuantile(c.q, all, len(buckets), of).Value([]Span{{0, 10}}); !ok || math.Abs(v-c.want) > c.within {
			t.Errorf("quantile %v is %v, %v, want %v", c.q, v, ok, c.want)
		}
	}
	if v, _ := NewQuantile(0.5, all, len(buckets), of).Value([]Span{{2, 3}, {2, 3}}); math.Abs(v-250) > 6 {
		t.Errorf("median of the third interval %v", v)
	}
	empty := NewQuantile(0.5, nil, 3, func(int) []Bucket { return nil })
	if _, ok := empty.Value([]Span{{0, 3}}); ok || empty.Len() != 3 {
		t.Error("a quantile of nothing")
	}
	if _, _, ok := WithinRun(empty, q, 0.05, 1); ok {
		t.Error("a difference to nothing")
	}
	if shift, ratio, ok := WithinRun(q, q, 0.05, 1); !ok || shift.Value != 0 || ratio.Finite() {
		t.Errorf("three intervals: %+v, %+v, %v, want no interval", shift, ratio, ok)
	}
}
