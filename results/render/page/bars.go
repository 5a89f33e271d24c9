package page

import (
	"fmt"
	"html/template"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// percent is a length or a place within a figure.
func percent(share float64) template.CSS { return template.CSS(fmt.Sprintf("%.3f%%", 100*share)) }

// gauge is a share as the length of a bar, never too short to be seen.
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
	Absent bool // this flow has no such part
	Wide   bool // there is room for the name
}

// Bars lays the rows out on a common scale.
func (b Breakdown) Bars() []bar {
	var longest time.Duration
	for _, r := range b.Rows {
		longest = max(longest, r.Sum(), r.Mark)
	}
	if longest == 0 {
		return nil
	}
	share := func(d time.Duration) float64 { return float64(d) / float64(longest) }
	var bars []bar
	for _, r := range b.Rows {
		x := bar{Flow: r.Flow, Total: human.Duration(r.Sum()), Marked: r.Mark > 0, Mark: percent(share(r.Mark)), MarkText: human.Duration(r.Mark)}
		for i, d := range r.Times {
			text := human.NoSamples
			if d > 0 {
				text = human.Duration(d)
			}
			x.Segments = append(x.Segments, segment{
				Part: i, Name: b.Parts[i], Text: text, Width: percent(share(d)), Absent: d <= 0,
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

// Sum is all parts together.
func (r *BreakdownRow) Sum() time.Duration {
	var sum time.Duration
	for _, d := range r.Times {
		sum += d
	}
	return sum
}
