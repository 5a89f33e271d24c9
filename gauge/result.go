package gauge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// What a run can come to that is no success, for errors.Is.
var (
	ErrInvalid         = errors.New("the measurement is invalid")
	ErrThresholdMissed = errors.New("threshold missed")
	ErrInterrupted     = errors.New("interrupted")
)

// A Result is what a run came to.
type Result struct {
	Run     *record.Run     // everything that was measured; results.Write prints it
	Figures *figures.Result // its figures, and whether they may be believed
	Served  *Served         // what the built-in server took; nil if no flow went there
}

// Served is the built-in server's side of a run.
type Served struct {
	Counts SinkCounts
	Err    error // why it ended badly, and Counts may be short; nil if it did not
}

// newResult works the figures out; nil for no run.
func newResult(run *record.Run, served *Served) *Result {
	if run == nil {
		return nil
	}
	return &Result{Run: run, Figures: figures.Of(run), Served: served}
}

// Flow returns a flow's figures by its name; nil if the run has no such flow.
func (r *Result) Flow(name string) *figures.Flow { return r.Figures.Flow(name) }

// Err says why the run is no success; nil if it is one. It joins ErrInterrupted
// if the run was ended early, ErrInvalid if its figures are not to be believed,
// and ErrThresholdMissed for each threshold missed. A missed threshold means
// little if the measurement is invalid.
func (r *Result) Err() error {
	var errs []error
	if r.Figures.Interrupted {
		errs = append(errs, ErrInterrupted)
	}
	if v := &r.Figures.Validity; !v.Valid {
		errs = append(errs, fmt.Errorf("%w: %s", ErrInvalid, strings.Join(v.Reasons, "; ")))
	}
	for _, t := range r.Figures.Thresholds {
		if !t.OK {
			errs = append(errs, fmt.Errorf("%w: %s", ErrThresholdMissed, t.Expr))
		}
	}
	return errors.Join(errs...)
}
