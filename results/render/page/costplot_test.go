package page

import (
	"math"
	"testing"
)

func plotOf(percents ...float64) plot {
	var m CostPlot
	for _, p := range percents {
		m.Groups = append(m.Groups, CostGroup{Lanes: []CostLane{{Estimate: p, Low: math.NaN(), High: math.NaN()}}})
	}
	return m.Plot()
}

// The names of the ticks are as many as there is room for, whatever the scale,
// and no change at all is always among them.
func TestFactorTicks(t *testing.T) {
	for _, test := range []struct {
		percents []float64
		want     []string
	}{
		{nil, []string{"-10 %", "0 %", "+10 %"}},
		{[]float64{-2, 3}, []string{"-2 %", "0 %", "+2 %"}},
		{[]float64{-20, 60}, []string{"0 %", "+50 %"}},
		{[]float64{400}, []string{"×1", "×2", "×5"}},
		{[]float64{-50, 2400}, []string{"×1", "×3", "×10", "×30"}},
		{[]float64{-99, 9900}, []string{"×0.01", "×0.1", "×1", "×10", "×100"}},
	} {
		var got []string
		zero := 0
		for _, tick := range plotOf(test.percents...).Ticks {
			got = append(got, tick.Text)
			if tick.Zero {
				zero++
			}
		}
		if len(got) != len(test.want) || zero != 1 {
			t.Errorf("%v: ticks are %q, want %q", test.percents, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%v: ticks are %q, want %q", test.percents, got, test.want)
				break
			}
		}
	}
}

// Twice as much is as far from no change as half as much.
func TestFactorsAreSymmetric(t *testing.T) {
	p := plotOf(-50, 100, 0)
	if a, b, zero := p.Groups[0].Lanes[0].CentredAt, p.Groups[1].Lanes[0].CentredAt, p.Groups[2].Lanes[0].CentredAt; a != "8.333%" || b != "91.667%" || zero != "50.000%" {
		t.Errorf("half is at %s, twice at %s, the same at %s", a, b, zero)
	}
}

// What is not known has no place, and what has no interval no line.
func TestUnknownLanesAreEmpty(t *testing.T) {
	nan := math.NaN()
	m := CostPlot{Groups: []CostGroup{{Lanes: []CostLane{
		{Estimate: nan, Low: nan, High: nan}, {Estimate: 5, Low: nan, High: nan}, {Estimate: -100, Low: nan, High: nan}, {Estimate: 5, Low: 1, High: 9},
	}}}}
	lanes := m.Plot().Groups[0].Lanes
	for i, want := range []struct{ known, bounded bool }{{false, false}, {true, false}, {false, false}, {true, true}} {
		if lanes[i].Known != want.known || lanes[i].Bounded != want.bounded {
			t.Errorf("lane %d is known %t with bounds %t", i, lanes[i].Known, lanes[i].Bounded)
		}
	}
}
