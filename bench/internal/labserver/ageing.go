package labserver

import (
	"math/rand/v2"
	"sync"
	"time"
)

// An Ageing server takes a time to accept a message that has noise in it, and gets slower,
// and leaks, as it gets older. It is what a soak is to find. The zero Ageing is as fast as can
// be, and does not age.
type Ageing struct {
	Service  time.Duration // at the beginning, on average; exponentially distributed
	Least    time.Duration // no message takes less, at the beginning
	Slowing  float64       // more of both after an hour, as a share: 0.1 is 10 %
	LeakSize int           // octets that are kept for good, at each LeakEvery
	Every    time.Duration // a leak; 0 for none

	mu     sync.Mutex
	born   time.Time // the first message
	leaked [][]byte
}

// Delay is the Ageing as a Delay.
func (a *Ageing) Delay(verb string, _ int64) time.Duration {
	if verb != "body" {
		return 0
	}
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.born.IsZero() {
		a.born = now
	}
	age := now.Sub(a.born)
	if a.Every > 0 {
		for time.Duration(len(a.leaked)) < age/a.Every {
			kept := make([]byte, a.LeakSize)
			for i := range kept {
				kept[i] = 1 // so that the memory is resident
			}
			a.leaked = append(a.leaked, kept)
		}
	}
	slower := 1 + a.Slowing*age.Hours()
	return time.Duration(slower * (float64(a.Least) + float64(a.Service)*rand.ExpFloat64()))
}
