package capacity

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Log keeps a search in a file: JSON Lines, a header, a line after each trial, and the
// answer. A line is written whole and at once, so a search that is killed leaves all its
// trials but the one under way.
type Log struct {
	w   io.Writer
	err error
}

// A logLine is a line of a Log. Exactly one of its parts is there.
type logLine struct {
	Format string     `json:"format,omitempty"` // in the header alone
	Header *logHeader `json:"header,omitempty"`
	Trial  *Trial     `json:"trial,omitempty"`
	Range  *Range     `json:"range,omitempty"` // beside a trial: the range by then
	Answer *logAnswer `json:"answer,omitempty"`
}

type logHeader struct {
	Name     string          `json:"name"`
	Started  time.Time       `json:"started"`
	Target   []string        `json:"target"`
	Goals    []Goal          `json:"goals"`
	Expect   float64         `json:"expect,omitempty"`
	Mix      []flowShare     `json:"mix"`
	Sharding record.Sharding `json:"sharding,omitzero"`
	Agents   []TrialAgent    `json:"agents,omitempty"`
}

// A flowShare is a flow's share of all messages, 0 to 1.
type flowShare struct {
	Flow  string  `json:"flow"`
	Share float64 `json:"share"`
}

type logAnswer struct {
	Range   Range         `json:"range"`
	By      Limit         `json:"limited_by"`
	Why     string        `json:"why"`
	Partial bool          `json:"partial,omitempty"`
	Took    time.Duration `json:"took_ns"`

	Findings []limits.Finding `json:"findings,omitempty"`
}

// Begin writes the header of a search, and returns its log and its report, which Finish
// completes. expect is the rate that a gate asks for; 0 if there is none.
func Begin(w io.Writer, t *Target, started time.Time, expect float64) (*Log, *Report, error) {
	p := t.job.Plan
	h := &logHeader{Name: p.Name, Started: started.UTC(), Goals: t.goals, Expect: expect, Target: targets(p), Agents: t.agents}
	h.Sharding = record.Sharding{Shards: t.options.Run.Shards, Why: t.options.Run.ShardsWhy}
	for i, share := range t.Mix() {
		h.Mix = append(h.Mix, flowShare{p.Flows[i].Name, share})
	}
	l := &Log{w: w}
	l.write(&logLine{Format: Format, Header: h})
	return l, h.report(), l.err
}

func targets(p *loadgen.Plan) []string {
	var list []string
	for i := range p.Flows {
		f := &p.Flows[i]
		at := f.Target.Host // of a Unix socket, its path
		if f.Target.Network != "unix" {
			at = net.JoinHostPort(at, strconv.Itoa(f.Target.Port))
		}
		list = append(list, f.Name+" at "+at)
	}
	return list
}

func (h *logHeader) report() *Report {
	r := &Report{Format: Format, Name: h.Name, Started: h.Started, Target: h.Target, Expect: h.Expect, Sharding: h.Sharding, Agents: h.Agents}
	for i := range h.Goals {
		r.SLO = append(r.SLO, h.Goals[i].Expr)
	}
	return r
}

// Add writes a trial, and the range by then. The error is that of writing any line: what
// comes after it is not written.
func (l *Log) Add(t *Trial, so Range) error {
	l.write(&logLine{Trial: t, Range: &so})
	return l.err
}

// Finish writes the answer and completes the report. partial tells that the search was
// ended early. The error is that of writing any line.
func (l *Log) Finish(r *Report, a *Answer, partial bool) error {
	l.write(&logLine{Answer: &logAnswer{a.Range, a.By, a.Why, partial, a.Took, a.Findings}})
	r.Partial = partial
	r.complete(a)
	return l.err
}

func (l *Log) write(line *logLine) {
	if l.err != nil {
		return
	}
	b, err := json.Marshal(line)
	if err == nil {
		_, err = l.w.Write(append(b, '\n'))
	}
	l.err = err
}

// maxLine bounds a line of a Log, and maxTrials their number.
const (
	maxLine   = 4 << 20
	maxTrials = 10_000
)

// logStart is what every Log begins with.
const logStart = `{"format":"` + Format + `"`

// IsLog tells whether a file begins as a Log does.
func IsLog(r io.Reader) bool {
	start := make([]byte, len(logStart))
	_, err := io.ReadFull(r, start)
	return err == nil && string(start) == logStart
}

// ReadReport reads a Log. If its end is missing, the report has what there is, and is
// partial. The error names the line that is none of a Log: a file that holds something else
// too is no search that was cut short.
func ReadReport(r io.Reader) (*Report, error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	var report *Report
	var end *logAnswer
	a := &Answer{By: ByBudget}
	for n := 1; s.Scan(); n++ {
		var line logLine
		err := json.Unmarshal(s.Bytes(), &line)
		switch {
		case report == nil && err != nil:
			return nil, errors.New("it is no file of a search for a capacity")
		case report == nil && (line.Format != Format || line.Header == nil):
			return nil, fmt.Errorf("want the format %s", Format)
		case report == nil:
			report = line.Header.report()
			continue
		case end != nil:
			return nil, fmt.Errorf("line %d follows the end of the search: the file holds something else too", n)
		case err != nil && !json.Valid(s.Bytes()) && !s.Scan():
			// The line that was being written.
		case err == nil && line.Trial != nil && line.Range != nil:
			if err := a.add(&line); err != nil {
				return nil, fmt.Errorf("line %d %w", n, err)
			}
		case err == nil && line.Answer != nil:
			if end = line.Answer; !end.Range.sound() {
				return nil, errors.New("the answer has a rate that cannot be")
			}
		default:
			return nil, fmt.Errorf("line %d is no line of a search for a capacity: the file is damaged, holds something else too, or is of a later version", n)
		}
	}
	switch {
	case errors.Is(s.Err(), bufio.ErrTooLong):
		return nil, fmt.Errorf("it has a line over %d octets, as no search has", maxLine)
	case s.Err() != nil:
		return nil, s.Err()
	case report == nil:
		return nil, errors.New("the file is empty")
	case end != nil:
		a.Range, a.By, a.Why, a.Took, report.Partial = end.Range, end.By, end.Why, end.Took, end.Partial
		a.Findings = end.Findings
	default:
		report.Partial, report.Cut = true, true
		a.leaveSettled() // the lines of trials have where the search looked by then
	}
	report.complete(a)
	return report, nil
}

// add adds a line's trial to those of an answer, and takes the line's range for the answer's.
func (a *Answer) add(line *logLine) error {
	switch {
	case !line.Range.sound() || !line.Trial.sound():
		return errors.New("has a rate or a figure that cannot be")
	case len(a.Trials) == maxTrials:
		return fmt.Errorf("is the trial after %d, more than any search has", maxTrials)
	}
	a.Trials = append(a.Trials, line.Trial)
	a.Range, a.Took = *line.Range, a.Took+line.Trial.Took
	return nil
}

// sound tells whether a range is one.
func (r *Range) sound() bool {
	for _, v := range []float64{r.Low, r.Best, r.High} {
		if !(v >= 0 && v < math.MaxInt32) {
			return false
		}
	}
	return r.High == 0 || r.Low <= r.High
}

// The bounds of what a trial has: less than a search tries, in messages/s, and more cores
// than a machine has.
const (
	leastLogged = 1e-9
	mostCores   = 1 << 20
)

// sound tells whether a trial is one.
func (t *Trial) sound() bool {
	cores := []float64{0}
	if s := t.Server; s != nil {
		cores = append(cores, s.Cores, float64(s.Of), float64(min(s.CPUPerMessage, 0)))
	}
	if u := t.Machine; u != nil {
		cores = append(cores, float64(u.Cores), u.Idle, u.Generator, u.Server, u.Others, u.Fleeting, u.Crowded)
	}
	for _, v := range cores {
		if !(v >= 0 && v < mostCores) {
			return false
		}
	}
	return t.Rate >= leastLogged && t.Rate < math.MaxInt32
}
