package record

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
)

func TestProgressHasTheProcessor(t *testing.T) {
	var got []Progress
	collect(t, 1, func(i *Progress) { got = append(got, *i) })
	if i := got[0]; i.BusyShare != 0.25 || i.DeniedShare < 0.166 || i.DeniedShare > 0.167 || !i.Started.Equal(samples.Epoch) {
		t.Errorf("busy %v, denied %v, started %v; want a quarter, 50 of 300 ms, %v", i.BusyShare, i.DeniedShare, i.Started, samples.Epoch)
	}
}
