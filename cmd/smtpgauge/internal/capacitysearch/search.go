package capacitysearch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacityreport"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/runfile"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Why a search is not a success.
var (
	ErrBelow     = errors.New("the capacity is lower than expected")
	ErrUndecided = errors.New("the capacity is undecided")
)

// A Search is one that is ready to begin.
type Search struct {
	Target *capacity.Target
	Plan   capacity.Plan
	Expect float64 // the rate that a gate asks for; 0 if there is none
	File   *runfile.File
	Quiet  bool // no line a trial

	Display *console.Live     // for the progress
	Stderr  io.Writer         // for what comes after it
	Results *console.Printout // for the report
	Format  string            // of the report: one of capacityreport.Formats
}

// Run searches, keeps each trial in the file, which it closes, and prints the report. ended is
// why the search came to no end of its own; nil if it did. written is the error of writing the
// file or the report.
func (s *Search) Run(ctx context.Context) (report *capacity.Report, ended, written error) {
	log, report, err := capacity.Begin(s.File, s.Target, time.Now(), s.Expect)
	if err != nil {
		return nil, err, nil
	}
	var unwritten error
	trials := 0
	s.Display.Turn("trial 1")
	answer, ended := capacity.Search(ctx, s.Target, s.Plan, func(t *capacity.Trial, so capacity.Range) {
		if err := log.Add(t, so); err != nil && unwritten == nil {
			unwritten = err
			fmt.Fprintf(s.Display, "warning: the search goes on, but its file does not: %s\n", printable.Text(err.Error()))
		}
		trials++
		if !s.Quiet {
			s.Display.Report(printable.Text(capacityreport.TrialLine(trials, t, so)))
		}
		s.Display.Turn(fmt.Sprintf("trial %d", trials+1))
	})
	if answer != nil {
		answer.Findings = s.Target.Findings()
	}
	unwritten = errors.Join(log.Finish(report, answer, ended != nil), s.File.Close())
	if errors.Is(ended, gauge.ErrAgentLost) { // the report says so: the search was cut short
		ended = nil
	}
	s.Display.End()
	fmt.Fprintf(s.Stderr, "run file: %s\n", s.File.Name())
	if unwritten != nil {
		unwritten = fmt.Errorf("the file %s is not whole: %w", s.File.Name(), unwritten)
	}
	columns, _ := s.Results.Terminal()
	return report, ended, errors.Join(capacityreport.Write(s.Results, report, s.Format, capacityreport.Options{Columns: columns, File: s.File.Name()}), unwritten)
}

// Shortfall is why a search is not a success; nil if it is one.
func Shortfall(r *capacity.Report) error {
	switch {
	case r.Verdict.Word == criteria.Pass:
		return nil
	case r.Verdict.Word == criteria.Undecided:
		return ErrUndecided
	case r.Expect > 0 && r.Gone == nil:
		return ErrBelow
	}
	return gauge.ErrFailed
}
