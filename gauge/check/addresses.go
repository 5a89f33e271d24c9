package check

import (
	"context"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
)

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
			e := explainer{walk: other, flow: l.flow}
			l.addFault(e.unreached()[0])
		}
	}
	if bad+len(w.Unreached) == 0 {
		l.ok(Addresses, "all of its %s can be connected to", human.Plural(len(w.Addresses), "address", "addresses"))
	}
}
