package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// describe prints what a job would do, for people, and how many open files
// that takes. Nothing in it is secret.
func describe(w io.Writer, job *gauge.Job, descriptors uint64) error {
	p := job.Plan
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	// tabwriter keeps its first error for Flush. A tab in a name is no column.
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, printable.Text(fmt.Sprintf(format, args...)))
	}
	line("scenario", "%s, seed %d", p.Name, p.Seed)
	line("order", "%s", order(p))
	line("takes", "%s", takes(p))
	line("open files", "%d at most", descriptors)
	if job.Criteria.Baseline != "" {
		line("baseline", "%s", job.Criteria.Baseline)
	}
	for _, th := range job.Criteria.Thresholds {
		line("threshold", "%s", th.Expr)
	}
	for _, g := range job.Criteria.Gates {
		line("gate", "%s", g.Expr)
	}
	if job.Criteria.MinEffect > 0 {
		line("min. effect", "%.4g%%", 100*job.Criteria.MinEffect)
	}
	for i := range p.Flows {
		f := &p.Flows[i]
		fmt.Fprintf(t, "\nflow %s\n", f.Name)
		line("  target", "%s", where(f))
		line("  tls", "%s", security(f))
		line("  auth", "%s", authentication(f.Session.Accounts))
		line("  load", "%s", howMuch(&f.Load))
		line("  session", "%s", conversation(&f.Session))
		line("  expected", "%s", expected(f, max(1, p.Rounds)))
		line("  message", "%s", content(&f.Mail))
		line("  envelope", "%s", envelope(&f.Mail))
		line("  timeouts", "%s", limits(f.Timeouts))
	}
	return t.Flush()
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

func where(f *loadgen.Flow) string {
	t := &f.Target
	s := t.Host
	if t.Network != "unix" {
		s = net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	}
	if f.Session.Wire.LMTP {
		s += ", LMTP"
	}
	switch t.Family {
	case loadgen.IPv4:
		s += ", IPv4 only"
	case loadgen.IPv6:
		s += ", IPv6 only"
	}
	if len(t.Sources) > 0 {
		s += fmt.Sprintf(", from %d local addresses in turn", len(t.Sources))
	}
	return s
}

func security(f *loadgen.Flow) string {
	s := f.Session.Wire.TLS.String()
	if f.Session.Wire.TLS == sample.TLSNone {
		return s
	}
	if c := f.Target.TLS; c != nil {
		if c.InsecureSkipVerify {
			return s + ", certificate not verified"
		}
		s += ", certificate verified for " + c.ServerName
	}
	return s
}

func authentication(accounts []smtpwire.Credentials) string {
	if len(accounts) == 0 {
		return "none"
	}
	var mechanisms []string
	for _, a := range accounts {
		m := a.Mechanism
		if m == "" {
			m = "the best mechanism in common"
		}
		if !slices.Contains(mechanisms, m) {
			mechanisms = append(mechanisms, m)
		}
	}
	s := strings.Join(mechanisms, ", ") + ", "
	if len(accounts) == 1 {
		return s + "as " + accounts[0].Username
	}
	return s + fmt.Sprintf("%d accounts in turn", len(accounts))
}

func howMuch(l *loadgen.Load) string {
	if !l.Open() {
		s := fmt.Sprintf("closed, %d sessions at once", l.Sessions)
		if l.Messages > 0 {
			s += fmt.Sprintf(", until %d messages", l.Messages)
		}
		if l.Duration > 0 {
			s += fmt.Sprintf(", for %v", l.Duration)
		}
		if l.Ramp > 0 {
			s += fmt.Sprintf(", started over %v", l.Ramp)
		}
		return s
	}
	stages := make([]string, len(l.Stages))
	for i, st := range l.Stages {
		stages[i] = fmt.Sprintf("%g %s/s for %v", st.From, l.Unit, st.For)
		if st.From != st.To {
			stages[i] = fmt.Sprintf("%g to %g %s/s in %v", st.From, st.To, l.Unit, st.For)
		}
	}
	process := [...]string{"uniform", "poisson"}[l.Process]
	return fmt.Sprintf("open, %s, %s, at most %d sessions at once", strings.Join(stages, ", then "), process, l.MaxSessions)
}

func conversation(s *loadgen.Session) string {
	text := "messages on one connection as long as the load lasts"
	if s.Messages > 0 {
		text = fmt.Sprintf("messages a connection: %d", s.Messages)
	}
	text += ", pipelining " + s.Wire.Pipelining.String()
	if s.Wire.BDAT {
		text += ", BDAT"
	}
	if s.Think > 0 {
		text += fmt.Sprintf(", %v between messages", s.Think)
	}
	return text
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

func content(m *mail.Options) string {
	switch {
	case len(m.Files) > 0:
		return fmt.Sprintf("%d from files, in turn", len(m.Files))
	case m.Size.P99 > m.Size.Median:
		return fmt.Sprintf("synthetic, log-normal, median %s, p99 %s%s", size(m.Size.Median), size(m.Size.P99), attached(m))
	}
	return "synthetic, " + size(m.Size.Resolved().Median) + attached(m)
}

func attached(m *mail.Options) string {
	if len(m.Attach) == 0 {
		return ""
	}
	return fmt.Sprintf(", attachments: %d", len(m.Attach))
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'g', 4, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'g', 4, 64) + " KiB"
	}
	return fmt.Sprintf("%d B", n)
}

func envelope(m *mail.Options) string {
	to := strings.Join(m.To, ", ")
	if len(m.To) > 3 {
		to = fmt.Sprintf("%s and %d more", strings.Join(m.To[:3], ", "), len(m.To)-3)
	}
	return fmt.Sprintf("from <%s> to <%s>, recipients a message: %d", m.From, to, max(1, m.Recipients))
}

func limits(t loadgen.Timeouts) string {
	return fmt.Sprintf("connect %v, tls %v, command %v, body %v", t.Connect, t.TLS, t.Command, t.Body)
}
