package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// all returns every arrival of a schedule in order.
func all(t *testing.T, s *Schedule) []time.Duration {
	t.Helper()
	var due []time.Duration
	for n := int64(0); ; n++ {
		d, ok := s.At(n)
		if !ok {
			break
		}
		if d < 0 || d > s.Duration() {
			t.Fatalf("arrival %d is due at %v, outside the load's %v", n, d, s.Duration())
		}
		if n > 0 && d < due[n-1] {
			t.Fatalf("arrival %d is due at %v, before the one ahead of it at %v", n, d, due[n-1])
		}
		due = append(due, d)
	}
	return due
}

func flat(d time.Duration, r Rate) Stage { return Stage{For: d, From: r, To: r} }

func TestUniform(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for _, tc := range []struct {
		name   string
		stages []Stage
		want   []time.Duration
	}{
		{"constant", []Stage{flat(1*s, 4)}, []time.Duration{125 * ms, 375 * ms, 625 * ms, 875 * ms}},
		{"less than one a second", []Stage{flat(10*s, 0.2)}, []time.Duration{2500 * ms, 7500 * ms}},
		{"a share of one, rounded down", []Stage{flat(1*s, 0.4)}, nil},
		{"a share of one, rounded up", []Stage{flat(1*s, 0.8)}, []time.Duration{625 * ms}},
		{"ramp up from nothing", []Stage{{For: 2 * s, To: 2}}, // t²/2 = n+½
			[]time.Duration{1 * s, time.Duration(math.Sqrt(3) * 1e9)}},
		{"ramp down to nothing", []Stage{{For: 2 * s, From: 2}},
			[]time.Duration{2*s - time.Duration(math.Sqrt(3)*1e9), 1 * s}},
		{"step", []Stage{flat(1*s, 1), flat(1*s, 2)}, []time.Duration{500 * ms, 1250 * ms, 1750 * ms}},
		{"across a border", []Stage{flat(1*s, 0.5), flat(1*s, 1.5)}, []time.Duration{1 * s, 1*s + 2000*ms/3}},
		{"pause between", []Stage{flat(1*s, 1), flat(5*s, 0), flat(1*s, 1)}, []time.Duration{500 * ms, 6500 * ms}},
		{"pause ahead", []Stage{flat(3*s, 0), flat(1*s, 1)}, []time.Duration{3500 * ms}},
		{"position on the far side of a pause", []Stage{flat(1*s, 0.5), flat(5*s, 0), flat(1*s, 1)}, []time.Duration{6 * s}},
		{"stage without length", []Stage{flat(1*s, 1), flat(0, 1000), flat(1*s, 1)}, []time.Duration{500 * ms, 1500 * ms}},
		{"nothing but pauses", []Stage{flat(1*s, 0), flat(0, 0)}, nil},
		{"no stages", nil, nil},
		{"rate below zero", []Stage{flat(1*s, -5), flat(1*s, 1)}, []time.Duration{1500 * ms}},
		{"rate no number", []Stage{flat(1*s, Rate(math.NaN())), flat(1*s, 1)}, []time.Duration{1500 * ms}},
		{"length below zero", []Stage{flat(-1*s, 5), flat(1*s, 1)}, []time.Duration{500 * ms}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := all(t, New(tc.stages, Uniform, 0))
			if len(got) != len(tc.want) {
				t.Fatalf("arrivals at %v, want %v", got, tc.want)
			}
			for i := range got {
				if d := got[i] - tc.want[i]; d < -2 || d > 2 { // ns of rounding
					t.Errorf("arrival %d at %v, want %v", i, got[i], tc.want[i])
				}
			}
		})
	}
}

func TestUniformCountIsTheArea(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var stages []Stage
		var area float64
		for range 1 + r.IntN(5) {
			st := Stage{
				For:  time.Duration(r.IntN(20)) * time.Second,
				From: Rate(r.IntN(40)),
				To:   Rate(r.IntN(40)),
			}
			stages = append(stages, st)
			area += float64(st.From+st.To) / 2 * st.For.Seconds()
		}
		s := New(stages, Uniform, 0)
		if s.Expected() != area {
			t.Errorf("%v: expects %v arrivals, want %v", stages, s.Expected(), area)
		}
		// A half is left out: the arrival would be due when the load has ended.
		if got, want := len(all(t, s)), int(math.Ceil(area-0.5)); got != want {
			t.Errorf("%v: %d arrivals, want %d", stages, got, want)
		}
	}
}

func TestUniformSpacingStaysExact(t *testing.T) {
	s := New([]Stage{flat(24*time.Hour, 10_000)}, Uniform, 0)
	const last = 24*3600*10_000 - 1
	for _, n := range []int64{0, 1, 1e6, 1e8, last} {
		due, ok := s.At(n)
		want := time.Duration(n)*100*time.Microsecond + 50*time.Microsecond
		if d := due - want; !ok || d < -20 || d > 20 {
			t.Errorf("arrival %d at %v, %v; want %v", n, due, ok, want)
		}
	}
	if _, ok := s.At(last + 1); ok {
		t.Error("there is an arrival beyond the end")
	}
}

func TestNearlyFlatRamp(t *testing.T) {
	// A slope of 1e-12 is where the schoolbook root loses all its digits.
	s := New([]Stage{{For: 1000 * time.Second, From: 1000, To: 1000 + 1e-9}}, Uniform, 0)
	for _, n := range []int64{0, 499_999, 999_999} {
		due, _ := s.At(n)
		want := time.Duration(n)*time.Millisecond + 500*time.Microsecond
		if d := due - want; d < -10 || d > 10 {
			t.Errorf("arrival %d at %v, want %v", n, due, want)
		}
	}
}

func TestArrivalsBelowZero(t *testing.T) {
	for _, p := range []Process{Uniform, Poisson} {
		if _, ok := New([]Stage{flat(time.Second, 5)}, p, 1).At(-1); ok {
			t.Errorf("process %d has an arrival -1", p)
		}
	}
}

func TestRandomAccessEqualsSequential(t *testing.T) {
	stages := []Stage{{For: time.Second, To: 500}, flat(time.Second, 0), flat(time.Second, 200), {For: time.Second, From: 900}}
	for _, p := range []Process{Uniform, Poisson} {
		want := all(t, New(stages, p, 7))
		s := New(stages, p, 7)
		r := rand.New(rand.NewPCG(3, 4))
		for range 2000 {
			n := r.IntN(len(want) + 50)
			due, ok := s.At(int64(n))
			if ok != (n < len(want)) || ok && due != want[n] {
				t.Fatalf("process %d: arrival %d at %v, %v when asked out of order", p, n, due, ok)
			}
		}
	}
}

func TestSeed(t *testing.T) {
	stages := []Stage{flat(10*time.Second, 100)}
	one := all(t, New(stages, Poisson, 1))
	if !slices.Equal(one, all(t, New(stages, Poisson, 1))) {
		t.Error("the same seed gives other arrivals")
	}
	if slices.Equal(one, all(t, New(stages, Poisson, 2))) {
		t.Error("another seed gives the same arrivals")
	}
	if !slices.Equal(all(t, New(stages, Uniform, 1)), all(t, New(stages, Uniform, 2))) {
		t.Error("the seed moves uniform arrivals")
	}
}

func TestAbsurdRates(t *testing.T) {
	for _, p := range []Process{Uniform, Poisson} {
		for _, st := range []Stage{
			flat(time.Hour, Rate(math.Inf(1))),
			{For: math.MaxInt64, From: math.MaxFloat64, To: 0},
			flat(time.Second, 5e-324),
			{For: 1, From: 0, To: 1e-300},
		} {
			s := New([]Stage{st, st}, p, 1)
			for _, n := range []int64{0, 1, 1000} {
				if due, ok := s.At(n); ok && (due < 0 || due > s.Duration()) {
					t.Errorf("%v: arrival %d at %v", st, n, due)
				}
			}
		}
	}
}
