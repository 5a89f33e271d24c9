package servers

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// At its capacity a server breaks its goal as often as the goal allows. The servers are
// those that reach their steady state soon.
func TestTruthIsWhatLongTrialsShow(t *testing.T) {
	for _, kind := range []Kind{MD1, MMC} {
		seen, tried := 0.0, 0.0
		for seed := uint64(0); tried < 8; seed++ {
			c := Draw(kind, rand.New(rand.NewPCG(seed, 3)))
			truth := c.Truth(0)
			if truth*c.Server.Goal.Limit.Seconds() > 40 || c.Server.Goal.Share < 0.005 {
				continue
			}
			length := time.Duration(3e5/truth) * time.Second
			m, err := c.Server.Try(t.Context(), truth, length, func([]capacity.Block) bool { return false })
			if err != nil {
				t.Fatal(err)
			}
			n, bad := int64(0), int64(0)
			for i := range m.Blocks {
				n, bad = n+m.Blocks[i].Goals[0].N, bad+m.Blocks[i].Goals[0].Bad
			}
			share := float64(bad) / float64(n) / c.Server.Goal.Share
			if share < 0.6 || share > 1.6 {
				t.Errorf("%s, %s: at %.1f/s there are %.2f times as many bad messages as the goal allows", kind, c.Says, truth, share)
			}
			seen, tried = seen+math.Log(share), tried+1
		}
		if off := math.Exp(seen / tried); off < 0.85 || off > 1.15 {
			t.Errorf("%s: %.2f times as many bad messages as the goals allow, on average", kind, off)
		}
	}
}
