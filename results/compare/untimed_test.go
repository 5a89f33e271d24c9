package compare_test

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A gate on a command that one side pipelined cannot be decided, and says by which
// metric it can.
func TestGateOnPipelinedCommands(t *testing.T) {
	lockstep := madeup.Quiet()
	piped := madeup.Quiet()
	piped.Phases = []sample.Phase{sample.MailRcptData, sample.Body, sample.SpanMessage}
	another := piped
	another.Seed++
	var o compare.Options
	for _, text := range []string{"submit.rcpt.p50 > +5%", "relay.mail+rcpt+data.p50 > +5%"} {
		g, err := criteria.ParseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Gates = append(o.Gates, g)
	}
	for _, side := range []struct {
		base, other madeup.Pretended
		want        []string
	}{
		{lockstep, piped, []string{"on the new side: use mail+rcpt+data.p50", "on the base side: use mail.p50, rcpt.p50, data.p50"}},
		{piped, lockstep, []string{"on the base side: use mail+rcpt+data.p50", "on the new side: use mail.p50, rcpt.p50, data.p50"}},
		{piped, another, []string{"on the base side: use mail+rcpt+data.p50", ""}},
	} {
		for i, g := range comparisons.Of(t, side.base, side.other, o).Gates {
			if side.want[i] != "" && (g.Known || g.OK || !strings.HasSuffix(g.Reason, side.want[i])) {
				t.Errorf("%+v, want %q", g, side.want[i])
			}
		}
	}
}
