package gauge

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

func TestDialledPort(t *testing.T) {
	for _, c := range []struct {
		target loadgen.Target
		want   int
	}{
		{loadgen.Target{Port: 587}, 587},
		{loadgen.Target{Port: 25, Dial: "127.0.0.1:40123"}, 40123},
		{loadgen.Target{Dial: "/run/lmtp"}, 0},
	} {
		if got := dialledPort(&c.target); got != c.want {
			t.Errorf("%+v: port %d, want %d", c.target, got, c.want)
		}
	}
}
