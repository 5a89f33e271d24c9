// Package report writes pages for looking at measurements: one HTML file with
// everything in it, that opens without a network.
//
// The figures stand in tables that need no script and that screen readers and
// printers get too; the charts over them are drawn by uPlot, which is embedded
// with its licence. A page may hold any part of Page and leaves out the rest.
//
// Nothing a server said can become markup or script: texts go through
// html/template, data is JSON without < and >, and the page's own policy lets
// a browser run the embedded scripts only, by their hashes, and load nothing.
package page

import (
	"math"
	"strconv"
	"time"
)

// A Page is what is shown. Texts are plain, not HTML.
type Page struct {
	Title      string
	Subtitle   string
	Conclusion *Conclusion
	Checks     []Check
	ChecksOf   string // what the checks are; "" for thresholds

	Flows       []Flow // in the order that gives them their colours
	FlowNotes   []string
	Timeline    *Timeline
	Curves      []Curves
	Breakdowns  []Breakdown
	Rounds      []Rounds
	Costs       []CostPlot
	Comparison  []ComparisonRow
	Comparisons string   // what is compared with what, above Comparison
	Warnings    []string // on top of everything
	Tables      []Table
}

// A Verdict says whether the figures may be believed.
type Conclusion struct {
	Good    bool
	Open    bool // neither good nor bad: there is no telling
	Text    string
	Reasons []string
	Notes   []string
}

// A Check is a threshold or a gate and what became of it.
type Check struct {
	Text, Value, Reason string
	OK                  bool
	Open                bool // there is no telling, so that OK is false too
}

// A Flow is a row of the overview.
type Flow struct {
	Name, Label string
	Rate        string
	RateShare   float64  // of the fastest flow's, 0 to 1
	Times       []string // p50, p90, p99, p99.9, max
	Errors      string
	Bad         bool // some messages were not accepted
}

// A Timeline is how a run went. All series are as long as At.
type Timeline struct {
	At     Values         `json:"at"`   // seconds since the start: the middle of each bin
	Step   float64        `json:"step"` // seconds a bin
	Flows  []FlowTimeline `json:"flows"`
	Errors []ErrorSeries  `json:"errors"`
	Bands  []Band         `json:"bands"`
}

// A FlowTimeline is one flow's part of a Timeline, in the order of Page.Flows.
type FlowTimeline struct {
	Rate Values `json:"rate"` // messages accepted a second
	P50  Values `json:"p50"`  // milliseconds
	P99  Values `json:"p99"`
	Open Values `json:"open"` // sessions
}

// An ErrorSeries is how often a class of errors came, a second.
type ErrorSeries struct {
	Class string `json:"class"`
	Count Values `json:"count"`
}

// A Band is a stretch of time that is left out of the figures.
type Band struct {
	From float64 `json:"from"` // seconds since the start
	To   float64 `json:"to"`
}

// Curves are the percentile curves of one kind of time.
type Curves struct {
	Name  string  `json:"name"` // "message", "mail", ...
	Flows []Curve `json:"flows"`
}

// A Curve is a flow's; it is empty where there are no samples.
type Curve struct {
	X Values `json:"x"` // 1/(1-q): 10 is p90, 100 is p99
	Y Values `json:"y"` // milliseconds
}

// A Breakdown is what something is made of, as a bar a flow.
type Breakdown struct {
	Title string
	Note  string
	Parts []string // names, in the order that gives them their colours
	Rows  []BreakdownRow
}

// A BreakdownRow is a flow's. Times is as long as the breakdown's Parts.
type BreakdownRow struct {
	Flow  int // index into Page.Flows
	Times []time.Duration
	Mark  time.Duration // what the parts are held against; 0 for none
}

// Rounds are one figure of all flows, round by round.
type Rounds struct {
	Title string
	Rows  []RoundsRow
}

// A RoundsRow is a flow's.
type RoundsRow struct {
	Flow   int
	Values []float64
	Texts  []string // the values, as people read them
}

// A ComparisonRow is a metric of a comparison: a change in percent and the interval
// it lies in, NaN if there is none. Verdict is same, better, worse or
// too-few-runs.
type ComparisonRow struct {
	Name                string
	Estimate, Low, High float64
	Text                string // the change with its interval, as people read it
	Verdict             string
}

// A Table is any other figures.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Lines   []Cell
	Open    bool // shown at once, not on a click
}

// A Column has words on the left or figures on the right.
type Column struct {
	Name  string
	Left  bool
	Whole bool // its words are not broken, however narrow the window
	Roomy bool // as wide as the last column, for long texts
}

// A Cell is a text, and whether it is bad news.
type Cell struct {
	Text string
	Bad  bool
}

// Values are numbers for a chart; NaN is a gap.
type Values []float64

// MarshalJSON writes five significant digits, more than a screen shows.
func (v Values) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, x, 'g', 5, 64)
	}
	return append(b, ']'), nil
}
