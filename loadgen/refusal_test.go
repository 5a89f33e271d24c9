package loadgen

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A server that lets in so many sessions at once is found to let in so many, however many
// more try.
func TestSessionsLetIn(t *testing.T) {
	for limit, want := range map[int32]int{3: 3, 100: 0} {
		synctest.Test(t, func(t *testing.T) {
			var open atomic.Int32
			p := plan(Load{Sessions: 10, Duration: 20 * time.Second})
			p.Flows[0].Session.Messages = 2
			rec := runOn(t, p, serveEach(t, func(c net.Conn) {
				defer open.Add(-1)
				s := &fakeServer{delay: map[string]time.Duration{"banner": 5 * time.Millisecond, "body": 300 * time.Millisecond}}
				if open.Add(1) > limit {
					s.answer = map[string]string{"banner": "421 4.7.0 too many connections"}
				}
				s.serve(c)
			}))
			last := rec.ticks[len(rec.ticks)-1]
			if got := last.Refused[0]; got != want || rec.outcomes[sample.Accepted] == 0 {
				t.Errorf("limit %d: others were refused with %d open, want %d; %d messages accepted", limit, got, want, rec.outcomes[sample.Accepted])
			}
		})
	}
}
