package check

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// lookUp begins a walk: it finds the addresses of the target. A name that has none is
// the walk's failure; a stranger's address is an error.
func lookUp(ctx context.Context, p *loadgen.Plan, f *loadgen.Flow, o Options) ([]netdrive.Addr, *Walk, error) {
	w := &Walk{Host: place(&f.Target)}
	began := time.Now()
	addrs, err := p.LookUp(ctx, &f.Target, o.Resolve)
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		return nil, w, err
	}
	if err := ctx.Err(); err != nil {
		return nil, w, err
	}
	if err != nil {
		class, text := loadgen.Cause(err, sample.Resolve)
		w.Failure, w.Err = &sample.Failure{Phase: sample.Resolve, Class: class, Text: text}, err
		return nil, w, nil
	}
	if isName(&f.Target) {
		w.Steps = append(w.Steps, Step{Phase: sample.Resolve, Took: time.Since(began)})
	}
	for _, a := range addrs {
		w.Addresses = append(w.Addresses, a.String())
	}
	return addrs, w, nil
}

// place names a target for people.
func place(t *loadgen.Target) string {
	switch {
	case t.Network == "unix" && t.Dial == "":
		return t.Host
	case t.Dial != "":
		return t.Dial
	}
	return net.JoinHostPort(strings.Trim(t.Host, "[]"), strconv.Itoa(t.Port))
}

// isName tells whether a target has to be looked up.
func isName(t *loadgen.Target) bool {
	if t.Network == "unix" || t.Dial != "" {
		return false
	}
	_, err := netip.ParseAddr(strings.Trim(t.Host, "[]"))
	return err != nil
}

// addresses tries the addresses of the target that the walk did not: it was content with
// the first that answered.
func (l *look) addresses(ctx context.Context) {
	w := l.walk
	if len(w.Addresses) < 2 {
		return
	}
	bad := 0
	addrs, _, err := lookUp(ctx, l.plan, l.flow, l.options.Options)
	if err != nil {
		return // the walk's look-up went well
	}
	for _, a := range addrs {
		if a.String() == w.Address || slices.ContainsFunc(w.Unreached, func(u Unreached) bool { return u.Address == a.String() }) {
			continue
		}
		one := *l
		one.walk = &Walk{Host: w.Host, at: a}
		if other := one.visit(ctx, nil); other.Address == "" && len(other.Unreached) > 0 {
			bad++
			e := explainer{walk: other, flow: l.flow, words: wordsOf(l.plan)}
			l.addFault(e.unreached()[0])
		}
	}
	if bad+len(w.Unreached) == 0 {
		l.ok(Addresses, "all of its %s can be connected to", human.Plural(len(w.Addresses), "address", "addresses"))
	}
}
