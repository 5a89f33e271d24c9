package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"text/tabwriter"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// describe prints what a job would do: what follows from the scenario, for people,
// how many open files that takes, and the scenario as resolved. Nothing in it is
// secret.
func describe(w io.Writer, job *gauge.Job, descriptors uint64) error {
	p := job.Plan
	resolved, err := scenarios.YAML(p)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	// tabwriter keeps its first error for Flush. A tab in a name is no column.
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", printable.Text(name), printable.Text(fmt.Sprintf(format, args...)))
	}
	line("order", "%s", order(p))
	line("takes", "%s", takes(p))
	line("open files", "%d at most", descriptors)
	for i := range p.Flows {
		f := &p.Flows[i]
		line(f.Name, "%s to %s", expected(f, max(1, p.Rounds)), where(f))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nThe scenario as resolved, with what it leaves to us:\n\n%s", resolved)
	return err
}

func countFlows(p *loadgen.Plan) string {
	if len(p.Flows) == 1 {
		return "1 flow"
	}
	return fmt.Sprintf("%d flows", len(p.Flows))
}

func order(p *loadgen.Plan) string {
	s := countFlows(p)
	switch {
	case len(p.Flows) == 1:
	case p.InTurn:
		s += " in turn"
	default:
		s += " together"
	}
	s += fmt.Sprintf(", rounds: %d", max(1, p.Rounds))
	if p.Warmup > 0 {
		s += fmt.Sprintf(", warm-up of %v for each flow and round", p.Warmup)
	}
	return s
}

func takes(p *loadgen.Plan) string {
	d, ok := p.Length()
	if !ok {
		return "until all messages are sent"
	}
	return fmt.Sprintf("%v, and until what is under way has ended", d)
}

// where is what a flow connects to.
func where(f *loadgen.Flow) string {
	if t := &f.Target; t.Network != "unix" {
		return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	}
	return f.Target.Host
}

// expected is how much there will be, as far as it does not depend on the
// server.
func expected(f *loadgen.Flow, rounds int) string {
	l := &f.Load
	times := ""
	if rounds > 1 {
		times = " a round"
	}
	var arrivals float64
	unit := loadgen.Messages
	switch {
	case l.Open():
		arrivals = pace.New(l.Stages, l.Process, 0).Expected()
		if l.Unit == loadgen.Sessions {
			if f.Session.Messages > 0 {
				return fmt.Sprintf("%.0f sessions with %.0f messages%s", arrivals, arrivals*float64(f.Session.Messages), times)
			}
			unit = loadgen.Sessions
		}
	case l.Messages > 0:
		arrivals = float64(l.Messages)
	default:
		return "as many messages as the server takes"
	}
	return fmt.Sprintf("%.0f %s%s", arrivals, unit, times)
}
