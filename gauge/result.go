package gauge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The errors that Result.Err joins. Use errors.Is to find out which there are.
var (
	ErrFailed          = errors.New("the run failed")
	ErrInvalid         = errors.New("the measurement is invalid")
	ErrThresholdMissed = errors.New("threshold missed")
	ErrUndecided       = errors.New("threshold undecided")
	ErrInterrupted     = errors.New("interrupted")
)

// ErrAgentLost is the error of a run that could not begin, because an agent of its fleet is
// gone.
var ErrAgentLost = errors.New("an agent is lost")

// A Result is what was measured in a run.
type Result struct {
	Run     *record.Run     // all that was measured; package results/render prints it
	Figures *figures.Result // the figures of Run, and the verdict on them
	Served  *Served         // what the built-in server took; nil if no flow went there
}

// Served is what the built-in server counted in a run.
type Served struct {
	Counts SinkCounts
	Err    error // of ending the server, after which Counts may be too low; nil if there was none
}

// newResult computes the figures of a run; nil for no run.
func newResult(run *record.Run, served *Served) *Result {
	if run == nil {
		return nil
	}
	return &Result{Run: run, Figures: figures.Of(run), Served: served}
}

// Flow returns a flow's figures by its name; nil if the run has no such flow.
func (r *Result) Flow(name string) *figures.Flow { return r.Figures.Flow(name) }

// Err returns why the run is not a success; nil if it is one. It joins ErrInterrupted
// if the run ended early, ErrFailed if the server took no mail or refused most of it,
// ErrInvalid if the figures cannot be trusted, ErrThresholdMissed for each threshold that was missed, and
// ErrUndecided for each of which that cannot be told. A missed threshold means
// little if the measurement is invalid.
func (r *Result) Err() error {
	var errs []error
	if r.Figures.Interrupted || r.Figures.Deserted {
		errs = append(errs, ErrInterrupted)
	}
	v := &r.Figures.Verdict
	if len(v.Failures) > 0 {
		errs = append(errs, fmt.Errorf("%w: %s", ErrFailed, strings.Join(v.Failures, "; ")))
	}
	if len(v.Reasons) > 0 {
		errs = append(errs, fmt.Errorf("%w: %s", ErrInvalid, strings.Join(v.Reasons, "; ")))
	}
	for _, t := range r.Figures.Missed() {
		errs = append(errs, fmt.Errorf("%w: %s", ErrThresholdMissed, t.Expr))
	}
	for _, t := range r.Figures.Open() {
		errs = append(errs, fmt.Errorf("%w: %s", ErrUndecided, t.Expr))
	}
	return errors.Join(errs...)
}
