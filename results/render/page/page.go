package page

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A Page is what a page shows. Texts are plain, not HTML.
type Page struct {
	Title      string
	Subtitle   string
	Targets    []string // what was loaded
	Conclusion *Conclusion
	Tiles      []Tile   // the figures that answer, in large
	Answers    []string // what they leave open: how far the server kept up
	Limits     []Limit
	Checks     []Check
	ChecksOf   string // what the checks are; "" for thresholds

	Flows       []Flow   // in the order that gives them their colours
	TimeNames   []string // of the figures of a time: p50, p99, ...
	FlowNotes   []string
	Timeline    *Timeline
	Curves      []Curves
	Breakdowns  []Breakdown
	Rounds      []Rounds
	Costs       []CostPlot
	Comparison  []ComparisonRow
	Comparisons string   // how to read Comparison, above it
	Warnings    []string // on top of everything
	Tables      []Table
}

// A Conclusion is the answer on top of a page.
type Conclusion struct {
	Good    bool
	Open    bool   // neither good nor bad: it cannot be decided
	Word    string // in the title of the window; "" for none
	Text    string
	Reasons []string
	Notes   []string
}

// Sentence is the text without the word that it may begin with.
func (c Conclusion) Sentence() string {
	return strings.TrimPrefix(strings.TrimPrefix(c.Text, c.Word), ": ")
}

// A Tile is a figure in large.
type Tile struct {
	Name, Value string
	Note        string // what the value is of, or whose; "" for nothing
	Bad         bool
}

// A Limit is what keeps the server from more: what was seen, how sure that is, what it means,
// and what to do.
type Limit struct {
	Says, Sure, Is, Do string
}

// A Check is a threshold or a gate and what became of it.
type Check struct {
	Text, Value, Reason string
	OK                  bool
	Open                bool // it cannot be decided; then OK is false too
}

// A Flow is a row of the overview.
type Flow struct {
	Name, Label string
	Rate        string
	RateShare   float64  // of the fastest flow's, 0 to 1
	Times       []string // as TimeNames has them
	Errors      string
	Bad         bool // some messages were not accepted
}

// A Timeline is a run over time. All series are as long as At.
type Timeline struct {
	At      Values          `json:"at"`     // seconds from the beginning of the axis: the middle of each point
	Step    float64         `json:"step"`   // seconds a point
	Length  float64         `json:"length"` // of the axis, in seconds
	OwnTime bool            `json:"own"`    // each flow has a time of its own: its rounds, put end to end
	Flows   []FlowTimeline  `json:"flows"`
	Bands   []Band          `json:"bands"` // warm-up
	Marks   []Mark          `json:"marks"`
	Errors  *ErrorTimeline  `json:"errors"`           // nil if there are none
	Server  *ServerTimeline `json:"server,omitempty"` // nil if nobody looked at it
	Queries []QueryTimeline `json:"queries,omitempty"`
}

// A FlowTimeline is one flow's part of a Timeline, in the order of Page.Flows.
type FlowTimeline struct {
	Rate    Values `json:"rate"`              // messages accepted a second
	Offered Values `json:"offered,omitempty"` // messages due a second; open load only
	P50     Values `json:"p50"`               // milliseconds
	P90     Values `json:"p90"`
	P99     Values `json:"p99"`
	Open    Values `json:"open"` // sessions
}

// An ErrorTimeline is the errors of all flows over time, on the clock of the run. All series
// are as long as At.
type ErrorTimeline struct {
	At     Values        `json:"at"` // as Timeline's
	Length float64       `json:"length"`
	Series []ErrorSeries `json:"series"`
	Turns  []Turn        `json:"turns"` // which flow ran when, if they ran in turn
}

// A ServerTimeline is the server's own side over time, on the clock of the run. All series are
// as long as At.
type ServerTimeline struct {
	At     Values  `json:"at"` // as Timeline's
	Length float64 `json:"length"`
	Cores  Values  `json:"cores"`  // in use
	Memory Values  `json:"memory"` // in MiB
}

// A QueryTimeline is what a query about the server said, on the clock of the run.
type QueryTimeline struct {
	Name   string  `json:"name"`
	At     Values  `json:"at"` // seconds from the beginning of the axis: when it was answered
	Length float64 `json:"length"`
	Value  Values  `json:"value"`
}

// FillsRow tells whether a query's chart has a row of its own, so that none is half empty.
func (t *Timeline) FillsRow(query int) bool { return query%2 == 0 && query == len(t.Queries)-1 }

// An ErrorSeries is how often a class of errors came, a second.
type ErrorSeries struct {
	Class string `json:"class"`
	Count Values `json:"count"`
}

// A Band is a time that the figures leave out.
type Band struct {
	From float64 `json:"from"` // seconds from the beginning of the axis
	To   float64 `json:"to"`
}

// A Turn is the time of a flow's round, if flows run in turn.
type Turn struct {
	From float64 `json:"from"` // seconds from the beginning of the axis
	To   float64 `json:"to"`
	Flow int     `json:"flow"` // index into Page.Flows
	Text string  `json:"text"`
}

// A Mark is a moment with a name.
type Mark struct {
	At   float64  `json:"at"` // seconds from the beginning of the axis
	Text string   `json:"text"`
	Kind MarkKind `json:"kind"`
}

// A MarkKind says what happened at a mark.
type MarkKind string

// The kinds of marks.
const (
	MarkRound MarkKind = "round" // a round began
	MarkStage MarkKind = "stage" // a stage of the load began
	MarkQueue MarkKind = "queue" // arrivals began to queue up
	MarkEnd   MarkKind = "end"   // the run ended before its time
)

// Curves are the percentile curves of one kind of time.
type Curves struct {
	Name  string  `json:"name"` // "message", "mail", ...
	Flows []Curve `json:"flows"`
}

// A Curve is that of one flow; it is empty if there are no samples.
type Curve struct {
	X Values `json:"x"` // 1/(1-q): 10 is p90, 100 is p99
	Y Values `json:"y"` // milliseconds
}

// A Breakdown is the parts of something, as a bar for each flow.
type Breakdown struct {
	Title  string
	Note   string
	Folded bool     // shown by a click
	Parts  []string // names, in the order that gives them their colours
	Rows   []BreakdownRow
}

// A BreakdownRow is the bar of a flow. Times is as long as the breakdown's Parts.
type BreakdownRow struct {
	Flow  int // index into Page.Flows
	Times []time.Duration
	Mark  time.Duration // the whole, which the parts may miss or exceed; 0 for none
}

// A Rounds is one figure of all flows, round by round.
type Rounds struct {
	Title string
	Rows  []RoundsRow
}

// A RoundsRow is the figure of one flow.
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
	Open    bool // shown without a click
}

// A Column has words on the left or figures on the right.
type Column struct {
	Name  string
	Left  bool
	Whole bool // its cells are not broken, however narrow the window
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
