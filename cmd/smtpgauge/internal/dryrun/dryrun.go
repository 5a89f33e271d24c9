// Package dryrun says what a run would do.
package dryrun

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Write prints what a job would do: the scenario as resolved, and above it, in
// comments, a summary and how many open files it needs. The whole is a scenario. It
// prints no secret.
func Write(w io.Writer, job *gauge.Job, descriptors uint64) error {
	p := job.Plan
	resolved, err := scenarios.YAML(p)
	if err != nil {
		return err
	}
	var summary bytes.Buffer
	t := tabwriter.NewWriter(&summary, 0, 0, 2, ' ', 0)
	// tabwriter keeps its first error for Flush. Escaping keeps a tab in a name from
	// making a column.
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", printable.Text(name), printable.Text(fmt.Sprintf(format, args...)))
	}
	line("order", "%s", order(p))
	line("takes", "%s", length(p))
	line("open files", "%d at most", descriptors)
	for i := range p.Flows {
		f := &p.Flows[i]
		line(f.Name, "%s to %s", amount(f, max(1, p.Rounds)), address(f))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(summary.String()) {
		if _, err := fmt.Fprint(w, "# "+line); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "\n%s", resolved)
	return err
}

// CountFlows is how many flows a plan has, in words.
func CountFlows(p *loadgen.Plan) string {
	if len(p.Flows) == 1 {
		return "1 flow"
	}
	return fmt.Sprintf("%d flows", len(p.Flows))
}

func order(p *loadgen.Plan) string {
	s := CountFlows(p)
	switch {
	case len(p.Flows) == 1:
	case p.InTurn:
		s += " in turn"
	default:
		s += " together"
	}
	s += fmt.Sprintf(", rounds: %d", max(1, p.Rounds))
	if p.Warmup > 0 {
		s += ", warm-up of " + human.Exact(p.Warmup) + " for each flow and round"
	}
	return s
}

// length says how long a run takes.
func length(p *loadgen.Plan) string {
	d, ok := p.Length()
	if !ok {
		return "until all messages are sent"
	}
	if d == loadgen.Forever {
		return "longer than 292 years: the lengths of the rounds cannot be added up"
	}
	return human.Exact(d) + ", and until what is under way has ended"
}

// address is what a flow connects to.
func address(f *loadgen.Flow) string {
	if t := &f.Target; t.Network != "unix" {
		return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	}
	return f.Target.Host
}

// amount says how much a flow sends, as far as that does not depend on the server.
func amount(f *loadgen.Flow, rounds int) string {
	l := &f.Load
	times := ""
	if rounds > 1 {
		times = " a round"
	}
	var arrivals float64
	about := ""
	unit := loadgen.Messages
	switch {
	case l.Open():
		arrivals = pace.New(l.Stages, l.Process, 0).Expected()
		if l.Process == pace.Poisson {
			about = "about "
		}
		if l.Unit == loadgen.Sessions {
			if f.Session.Messages > 0 {
				return fmt.Sprintf("%s%.0f sessions with %.0f messages%s", about, arrivals, arrivals*float64(f.Session.Messages), times)
			}
			unit = loadgen.Sessions
		}
	case l.Messages > 0:
		arrivals = float64(l.Messages)
	default:
		return "as many messages as the server takes"
	}
	return fmt.Sprintf("%s%.0f %s%s", about, arrivals, unit, times)
}
