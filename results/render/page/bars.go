package page

import (
	"fmt"
	"html/template"
	"math"
	"time"
)

// percent is a length or a place within a figure.
func percent(share float64) template.CSS { return template.CSS(fmt.Sprintf("%.3f%%", 100*share)) }

// gauge is a share as the length of a bar, never so short that it is not seen.
func gauge(share float64) template.CSS { return percent(min(1, max(0.005, share))) }

// A bar is a row of a breakdown, laid out.
type bar struct {
	Flow     int
	Total    string
	Segments []segment
	Marked   bool
	Mark     template.CSS
	MarkText string
}

// A segment is a part of a bar.
type segment struct {
	Part   int
	Name   string
	Text   string
	Width  template.CSS
	Absent bool // there is no such part of this flow
	Wide   bool // there is room for the name
}

// Bars lays the rows out on a common scale.
func (b Breakdown) Bars() []bar {
	var longest time.Duration
	for _, r := range b.Rows {
		longest = max(longest, r.sum(), r.Mark)
	}
	if longest == 0 {
		return nil
	}
	share := func(d time.Duration) float64 { return float64(d) / float64(longest) }
	var bars []bar
	for _, r := range b.Rows {
		x := bar{Flow: r.Flow, Total: duration(r.sum()), Marked: r.Mark > 0, Mark: percent(share(r.Mark)), MarkText: duration(r.Mark)}
		for i, d := range r.Times {
			x.Segments = append(x.Segments, segment{
				Part: i, Name: b.Parts[i], Text: duration(d), Width: percent(share(d)), Absent: d <= 0,
				Wide: share(d) > 0.02+0.011*float64(len(b.Parts[i])),
			})
		}
		bars = append(bars, x)
	}
	return bars
}

// Marked tells whether any row has a mark.
func (b Breakdown) Marked() bool {
	for _, r := range b.Rows {
		if r.Mark > 0 {
			return true
		}
	}
	return false
}

func (r *BreakdownRow) sum() time.Duration {
	var sum time.Duration
	for _, d := range r.Times {
		sum += d
	}
	return sum
}

// duration writes a time with three significant digits.
func duration(d time.Duration) string {
	for _, u := range [...]struct {
		unit time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		// Rounded first, as 999.9 µs would be "1000 µs".
		if v := float64(d) / float64(u.unit); v >= 0.9995 || u.unit == time.Microsecond {
			return threeDigits(v) + " " + u.name
		}
	}
	return "" // not reached
}

func threeDigits(v float64) string {
	switch {
	case v == 0:
		return "0"
	case math.Abs(v) < 9.995:
		return fmt.Sprintf("%.2f", v)
	case math.Abs(v) < 99.95:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
