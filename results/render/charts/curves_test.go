package charts

import (
	"math"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
)

func TestCurveEndsAtTheSlowest(t *testing.T) {
	h := histogram.New()
	for i := range 250 {
		h.Record(time.Duration(i+1) * time.Millisecond)
	}
	c := newCurve(h)
	last := len(c.X) - 1
	if c.X[0] != 1 || c.X[last] != 250 || math.Abs(c.Y[last]-250) > 1 {
		t.Errorf("the curve goes from 1/(1-q) %v to %v at %v ms", c.X[0], c.X[last], c.Y[last])
	}
	for i := 1; i <= last; i++ {
		if c.X[i] <= c.X[i-1] || c.Y[i] < c.Y[i-1] {
			t.Errorf("point %d goes back: %v, %v", i, c.X, c.Y)
		}
	}
	if c := newCurve(nil); len(c.X) != 0 {
		t.Errorf("a curve of nothing: %+v", c)
	}
}
