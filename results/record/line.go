package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/jsonscan"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The types of the lines in a run file.
const (
	headerType   = "header"
	intervalType = "interval" // a flow's part of a second
	windowType   = "window"   // when a stage of a flow's round lasted
	greetingType = "greeting" // how a server introduced itself to a flow, once
	addressType  = "address"  // what became of a flow's sessions at an address in a second
	stageType    = "stage"    // what a stage of a flow's load came to in a second
	stagesType   = "stages"   // what it came to in a round, written at the end
	agentType    = "agent"    // what became of an agent of a fleet, written at the end
	serverType   = "server"   // what the server's processes did in a second
	answersType  = "answers"  // what a query about the server said in a second
	totalType    = "total"    // what a flow's round came to, written at the end
	closingType  = "closing"  // the last line of a whole file
)

type headerLine struct {
	Type string `json:"type"`
	Header
	Thresholds []thresholdText `json:"thresholds,omitempty"`
}

func newHeaderLine(h *Header) headerLine {
	l := headerLine{Type: headerType, Header: *h}
	for i := range h.Thresholds {
		l.Thresholds = append(l.Thresholds, thresholdText(h.Thresholds[i].Expr))
	}
	return l
}

// header reads a line back.
func (l *headerLine) header() (Header, error) {
	h := l.Header
	h.setFingerprints()
	h.setLoads()
	for _, text := range l.Thresholds {
		t, err := criteria.ParseThreshold(string(text))
		if err != nil { // of a later version, or of nobody's: it is kept, and never met
			t = criteria.Threshold{Expr: string(text)}
		}
		h.Thresholds = append(h.Thresholds, t)
	}
	return h, h.check()
}

// A thresholdText is a threshold as it was written. Files of earlier versions have
// its parts too, which say the same again.
type thresholdText string

// UnmarshalJSON takes the text, or an object that has it as expr.
func (t *thresholdText) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		return json.Unmarshal(b, (*string)(t))
	}
	var parts struct {
		Expr string `json:"expr"`
	}
	err := json.Unmarshal(b, &parts)
	*t = thresholdText(parts.Expr)
	return err
}

// A serverLine is a tally.ServerSample in a file.
type serverLine struct {
	Type string `json:"type"`
	tally.ServerSample
}

func readServer(line []byte) (*tally.ServerSample, error) {
	l, err := decode[serverLine](line)
	if err != nil {
		return nil, err
	}
	return &l.ServerSample, l.Check()
}

// An answersLine is a query's tally.Answers in a file.
type answersLine struct {
	Type  string `json:"type"`
	Query string `json:"query"`
	tally.Answers
}

type closingLine struct {
	Type string `json:"type"`
	Closing
}

// readClosing reads the last line of a file with header h.
func readClosing(line []byte, h *Header) (*Closing, error) {
	l, err := decode[closingLine](line)
	if err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	if h.Agent != nil {
		l.Ended = h.common(sample.Instant(l.Ended.UnixNano())).Time().UTC()
	}
	return &l.Closing, nil
}

// seriesLine names a series in a file: there flows have names, and rounds count
// from 1.
type seriesLine struct {
	Flow  string `json:"flow"`
	Round int    `json:"round"`
	Stage string `json:"stage"`
}

var stageNames = []string{sample.Warmup: "warmup", sample.Steady: "steady", sample.Drain: "drain"}

func (h *Header) seriesLine(s sample.Series) seriesLine {
	return seriesLine{h.Flows[s.Flow].Name, s.Round + 1, stageNames[s.Stage]}
}

// flowNamed returns the index of a flow that a line names.
func (r *Run) flowNamed(name string) (int, error) {
	i := r.FlowIndex(name)
	if i < 0 {
		return i, fmt.Errorf("flow %q is not in the header", name)
	}
	return i, nil
}

func (r *Run) series(l seriesLine) (sample.Series, error) {
	flow, err := r.flowNamed(l.Flow)
	s := sample.Series{Flow: flow, Round: l.Round - 1, Stage: sample.Stage(slices.Index(stageNames, l.Stage))}
	switch {
	case err != nil:
		return s, err
	case s.Round < 0 || s.Round >= r.Header.Rounds:
		return s, fmt.Errorf("round %d of %d", l.Round, r.Header.Rounds)
	case !slices.Contains(stageNames, l.Stage):
		return s, fmt.Errorf("stage %q is not one of %q", l.Stage, stageNames)
	}
	return s, nil
}

type windowLine struct {
	Type string `json:"type"`
	seriesLine
	From sample.Instant `json:"from"`
	To   sample.Instant `json:"to"`
}

// readWindow reads a line of a window, whose times are by the clock of header h.
func (r *Run) readWindow(line []byte, h *Header) (windowEntry, error) {
	l, err := decode[windowLine](line)
	if err != nil {
		return windowEntry{}, err
	}
	s, err := r.series(l.seriesLine)
	if err != nil {
		return windowEntry{}, err
	}
	return windowEntry{s, h.common(l.From), h.common(l.To)}, l.check()
}

// totalLine is a tally.Total in a file.
type totalLine struct {
	Type string `json:"type"`
	seriesLine
	tally.Counts
	Clamped    map[string]int64     `json:"clamped,omitempty"`
	Errors     []tally.FailureCount `json:"errors,omitempty"`
	Histograms map[string]string    `json:"histograms,omitempty"` // HdrHistogram V2 by phase and part
}

type intervalLine struct {
	totalLine
	Number int64          `json:"n"`
	Width  int64          `json:"width,omitempty"` // seconds that intervals have; 0 for 1
	From   sample.Instant `json:"from"`            // wall clock, ns since the Unix epoch
	To     sample.Instant `json:"to"`
	Gauge  Gauge          `json:"gauge"`
	Busy   float64        `json:"busy"`
	Waited float64        `json:"waited"`
	Stood  time.Duration  `json:"stood_ns,omitempty"`
	Spent  float64        `json:"spent_ns,omitempty"` // as tally.Total.Spent

	Missing int `json:"missing,omitempty"` // agents of a fleet that have no part in it, and should
}

// A stageLine is what one stage of a load came to, in an interval or in a round.
type stageLine struct {
	totalLine
	LoadStage int   `json:"load_stage"`  // from 1
	Number    int64 `json:"n,omitempty"` // of the interval
}

func newTotalLine(kind string, s seriesLine, t *tally.Total) totalLine {
	l := totalLine{Type: kind, seriesLine: s, Counts: t.Counts, Errors: t.Failures.Figures()}
	for i, h := range t.Hists {
		if h.Count() == 0 {
			continue
		}
		if l.Histograms == nil {
			l.Histograms = map[string]string{}
		}
		l.Histograms[tally.Slot(i).Name()] = h.Encode()
		if n := t.Clamped[i]; n > 0 {
			if l.Clamped == nil {
				l.Clamped = map[string]int64{}
			}
			l.Clamped[tally.Slot(i).Name()] = n
		}
	}
	return l
}

func newStageLine(kind string, series seriesLine, s sample.Series, t *tally.Total, number int64) stageLine {
	return stageLine{newTotalLine(kind, series, t), s.LoadStage + 1, number}
}

// total reads a line back.
func (l *totalLine) total() (*tally.Total, error) {
	t := tally.NewTotal()
	return t, addLine(t, l, lineHistograms{named: l.Histograms})
}

// addLine adds a line and its histograms to t. After an error, t is spoiled.
func addLine(t *tally.Total, l *totalLine, histograms lineHistograms) error {
	if err := checkCounts(&l.Counts, l.most()); err != nil {
		return err
	}
	t.Counts.Add(&l.Counts)
	for name, encoded := range histograms.all() {
		s, ok := tally.SlotsByName[name]
		if !ok {
			return fmt.Errorf("histogram %q is of no phase", name)
		}
		if err := t.Hist(s).Decode(encoded, l.most()); err != nil {
			return fmt.Errorf("histogram %q: %w", name, err)
		}
	}
	for name, n := range l.Clamped {
		s, ok := tally.SlotsByName[name]
		if !ok || n < 0 || n > histogram.MaxCount {
			return fmt.Errorf("%d clamped samples of %q", n, name)
		}
		t.Clamped[s] += n
	}
	read := tally.Failures{}
	for _, e := range l.Errors {
		if err := read.Read(e); err != nil {
			return err
		}
	}
	t.Failures.Merge(read)
	return nil
}

// most is the largest count that the line may have.
func (l *totalLine) most() int64 {
	if l.Type == intervalType || l.Type == stageType {
		return histogram.MaxInterval
	}
	return histogram.MaxCount
}

// checkCounts refuses numbers that no run has, and that would overflow when added up.
func checkCounts(c *tally.Counts, most int64) error {
	all := []int64{c.Started, c.Completed, c.FailedSession, c.CanceledSession, c.Expected, c.InWindow, c.RcptAccepted, c.RcptRejected, c.RcptUnknown, c.Unstamped}
	for _, n := range append(all, c.Outcomes[:]...) {
		if n < 0 || n > most {
			return fmt.Errorf("a count of %d, want 0 to %d", n, most)
		}
	}
	return nil
}

// lineHistograms are the encoded histograms of an interval's line: its bytes, or by
// name if encoding/json had to read the line.
type lineHistograms struct {
	text  []byte // what is within the braces; valid as long as the line
	named map[string]string
}

// of returns the histogram of a slot; nil if there is none.
func (h lineHistograms) of(s tally.Slot) []byte {
	if h.named != nil {
		return []byte(h.named[s.Name()])
	}
	at := bytes.Index(h.text, slotKeys[s])
	if at < 0 {
		return nil
	}
	value := h.text[at+len(slotKeys[s]):]
	return value[:bytes.IndexByte(value, '"')]
}

// slotKeys are the bytes before the histogram of each slot. They are nowhere else in
// a line, as base64 has no quote.
var slotKeys = func() (keys [tally.NumSlots][]byte) {
	for s := range tally.Slot(tally.NumSlots) {
		keys[s] = fmt.Appendf(nil, "%q:\"", s.Name())
	}
	return keys
}()

// all goes through them by name.
func (h lineHistograms) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for name, encoded := range h.named {
			if !yield(name, []byte(encoded)) {
				return
			}
		}
		s := jsonscan.Scanner{Rest: h.text}
		for more := len(h.text) > 0; more; more = s.Skip(',') {
			name := s.Key()
			if !yield(string(name), s.Quoted()) {
				return
			}
		}
	}
}

// byName returns them in memory of their own.
func (h lineHistograms) byName() map[string]string {
	if h.named != nil || len(h.text) == 0 {
		return h.named
	}
	named := map[string]string{}
	for name, encoded := range h.all() {
		named[name] = string(encoded)
	}
	return named
}

// spent is what tally.Total.Spent is of them. One that cannot be read counts as 0,
// which makes a confidence interval less exact, and no figure wrong.
func (h lineHistograms) spent() float64 {
	sum := 0.0
	for _, s := range tally.CostSlots {
		if encoded := h.of(s); len(encoded) > 0 {
			times := histogram.New()
			_ = times.Decode(encoded, histogram.MaxInterval)
			sum += float64(times.Sum())
		}
	}
	return sum
}

// readInterval reads an interval's line, and returns its histograms undecoded.
func readInterval(line []byte) (l intervalLine, histograms lineHistograms, err error) {
	if text, ok := scanInterval(line, &l); ok {
		return l, lineHistograms{text: text}, nil
	}
	l = intervalLine{}
	err = json.Unmarshal(line, &l)
	histograms.named, l.Histograms = l.Histograms, nil
	return l, histograms, err
}
