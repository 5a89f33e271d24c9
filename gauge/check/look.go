package check

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// LookOptions say what Look looks at. The zero value looks at all, and sends no mail.
type LookOptions struct {
	Options
	Send       bool // send one message of each flow
	NoEnvelope bool // try no sender and no recipient: the plan's are made up
	AnyPort    bool // the flows are the ports that a host may have: one that is closed is a Note, if another is open
	Elsewhere  bool // leave out what is about this machine

	// TakesAll tells of a flow that its server is meant to take all mail; nil means
	// that none is.
	TakesAll func(f *loadgen.Flow) bool
}

// Look looks at the targets of a plan, and at this machine. It makes the walks that
// Probe makes, and many sessions more that say little each: for the versions of TLS, for
// how many sessions the server holds at once, and for whether it relays. The error is
// that of a target that must not be loaded, of mail that cannot be made, or of ctx.
func Look(ctx context.Context, p *loadgen.Plan, o LookOptions) (*Report, error) {
	o.patience = LookPatience
	found := make([][]Finding, len(p.Flows))
	err := atOnce(ctx, p, o.Options, func(line queue, errs []error) { lookInTurn(ctx, p, line, o, found, errs) })
	if err != nil {
		return nil, err
	}
	if o.AnyPort {
		excuseClosedPorts(found, p.Flows)
	}
	all := slices.Concat(found...)
	if !o.Elsewhere {
		all = append(all, ownSide(ctx, p)...)
	}
	return NewReport(all), nil
}

// excuseClosedPorts makes notes of the ports of a host that are closed, if another is
// open. If all are closed, or the name has no address, that is one finding.
func excuseClosedPorts(found [][]Finding, flows []loadgen.Flow) {
	worst := func(f []Finding) ID {
		if len(f) == 1 {
			return f[0].ID
		}
		return ""
	}
	ports := make([]string, len(flows))
	for i := range flows {
		ports[i] = strconv.Itoa(flows[i].Target.Port)
	}
	open := slices.ContainsFunc(found, func(f []Finding) bool { return !slices.Contains(unreachable, worst(f)) })
	for i := range found {
		switch {
		case !slices.Contains(unreachable, worst(found[i])):
		case open:
			found[i][0].Grade, found[i][0].Do = Note, ""
		default:
			// The same for all then, unless they fail in different ways.
			found[i][0].Target = flows[0].Target.Host
			if id := worst(found[i]); id == NameNotFound || id == LookUpFailed {
				continue
			}
			found[i][0].Says += " (tried ports: " + strings.Join(ports, ", ") + ")"
		}
	}
}

// unreachable are the findings of a port that cannot be connected to.
var unreachable = []ID{NameNotFound, LookUpFailed, ConnectionRefused, ConnectTimeout}

// A spot is what several flows may have in common, and is looked at once.
type spot struct {
	target string
	mode   sample.TLSMode
}

func spotOf(f *loadgen.Flow) spot { return spot{place(&f.Target), f.Session.Wire.TLS} }

// lookInTurn looks at the targets of flows one after the other. If a login is refused,
// the other flows with it are not tried.
func lookInTurn(ctx context.Context, p *loadgen.Plan, line queue, o LookOptions, found [][]Finding, errs []error) {
	refused := map[spot]bool{}
	seen := map[spot]bool{}
	stop := false
	for _, i := range line {
		f := &p.Flows[i]
		if at := spotOf(f); stop && !refused[at] {
			c := collector{target: place(&f.Target)}
			c.add(Note, LoginRefused, "", "not looked at: it has the login that was refused before")
			found[i], refused[at] = c.findings, true
		}
		if stop {
			continue
		}
		l := &look{plan: p, flow: f, options: o, collector: collector{target: place(&f.Target)}}
		if err := l.all(ctx, !seen[spotOf(f)]); err != nil {
			errs[i] = err
			return
		}
		seen[spotOf(f)], found[i] = true, l.findings
		stop = l.walk.Failure != nil && l.walk.Failure.Class == sample.AuthRejected
		refused[spotOf(f)] = stop
	}
}

// A look is at one flow's target.
type look struct {
	collector
	plan    *loadgen.Plan
	flow    *loadgen.Flow
	options LookOptions
	walk    *Walk
}

// all looks at a flow, and at its spot if that is new.
func (l *look) all(ctx context.Context, newSpot bool) error {
	w, err := walk(ctx, l.plan, l.flow, l.options.Options, l.options.trial())
	if err != nil {
		return err
	}
	l.walk = w
	faults := explain(w, l.flow, wordsOf(l.plan))
	for i, f := range faults {
		if l.shared() {
			f.Says = "flow " + l.flow.Name + ": " + f.Says
		}
		if w.Failure != nil && i == len(faults)-1 {
			f.Passing = false // it may pass, but little could be looked at, and the answer must not be that all is well
		}
		l.addFault(f)
	}
	if newSpot && w.Address != "" {
		l.greeting()
		l.encryption(ctx)
		l.addresses(ctx)
	}
	l.slowSteps()
	l.login()
	l.envelope(len(faults) > 0)
	if !newSpot || !w.greeted() {
		return ctx.Err()
	}
	l.limits()
	l.relay(ctx)
	l.sessions(ctx)
	l.path(ctx)
	return ctx.Err()
}

// shared tells whether another flow of the plan goes to the same target.
func (l *look) shared() bool {
	n := 0
	for i := range l.plan.Flows {
		if place(&l.plan.Flows[i].Target) == l.target {
			n++
		}
	}
	return n > 1
}

// trial is how far the walk goes.
func (o *LookOptions) trial() trial {
	switch {
	case o.Send:
		return wholeMessage
	case o.NoEnvelope:
		return noEnvelope
	}
	return envelopeOnly
}

// greeted tells whether EHLO was answered for the last time.
func (w *Walk) greeted() bool {
	f := w.Failure
	return w.Address != "" && (f == nil || f.Phase == sample.Auth || f.Phase == sample.Mail || f.Phase == sample.Rcpt || f.Phase == sample.Rset || f.Phase == sample.Body || f.Phase == sample.Data)
}

// visit makes a session like the flow's as far as EHLO, without its login. change may
// change the flow's copy that it is made by.
func (l *look) visit(ctx context.Context, change func(f *loadgen.Flow)) *Walk {
	f := *l.flow
	f.Session.Accounts = nil
	if f.Target.TLS != nil {
		f.Target.TLS = f.Target.TLS.Clone()
	}
	if change != nil {
		change(&f)
	}
	w := &Walk{Host: l.walk.Host, again: true}
	_ = converse(ctx, l.plan, &f, l.options.Options, l.walk.reached(), nil, noEnvelope, w) // of ctx, which all checks at its end
	return w
}
