package machine

import (
	"context"
	"time"
)

// coresWindow is how long FreeCores measures: long enough for ticks of 10 ms, and short
// enough that nobody has to wait.
const coresWindow = 100 * time.Millisecond

// FreeCores measures, over a tenth of a second, how many of the cores that this process
// may use nobody uses. Call it before and after a load: what keeps the cores busy then is
// neither the generator nor the server. During a load nothing distinguishes a server on
// the same machine from other processes. ok is false if the system does not say, or if
// ctx was canceled.
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
