package machine

import (
	"context"
	"time"
)

// coresWindow is how long free cores are looked for: long enough for the
// system's ticks of 10 ms to tell, too short to be a nuisance.
const coresWindow = 100 * time.Millisecond

// FreeCores measures how many cores that this process may use nobody does use,
// over a tenth of a second. It is meant for before and after a load: what
// keeps the cores busy then is neither the generator nor the server, which
// nothing else tells from a stranger where it runs on the same machine. ok is
// false where the system does not tell, or ctx was canceled.
func FreeCores(ctx context.Context) (free float64, ok bool) {
	began := time.Now()
	before, ok := idleTime()
	if !ok {
		return 0, false
	}
	timer := time.NewTimer(coresWindow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return 0, false
	}
	after, ok := idleTime()
	return max(0, float64(after-before)/float64(time.Since(began))), ok
}
