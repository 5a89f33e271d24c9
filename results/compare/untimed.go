package compare

import (
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// An untimed is a metric that a flow was not compared by, because a side has no time of
// that phase, or not that of all messages.
type untimed struct{ flow, metric, reason string }

// untimed returns why one of the sides has no such time, and which one to use; "" if
// both have.
func (m *comparedMetric) untimed(base, other []roundData) string {
	for _, side := range []struct {
		name   string
		rounds []roundData
	}{{"base", base}, {"new", other}} {
		count := func(p sample.Phase) (n int64) {
			for i := range side.rounds {
				n += side.rounds[i].total.Hists[tally.SlotOf(p, sample.Service)].Count()
			}
			return n
		}
		why, instead := tally.Untimed(count, m.phase)
		if why == "" {
			continue
		}
		stat := strings.TrimPrefix(m.name, m.phase.String())
		var names []string
		for _, p := range instead {
			names = append(names, p.String()+stat)
		}
		return fmt.Sprintf("%s on the %s side: use %s", why, side.name, strings.Join(names, ", "))
	}
	return ""
}
