package fleet

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// A follower is what an agent knows of its coordinator, whether it loads or looks at the server.
type follower struct {
	end         *bus.End
	coordinator string // its ID; "" as long as there is none
	silent      int    // seconds without a word from it
}

// hello asks an address for a place.
func (f *follower) hello(to string, h *bus.Hello) {
	// An error is one of the connection, which reports it itself. The next second tries again.
	_ = f.end.Send(to, h, nil)
}

// called answers a coordinator that wants to hear its own Hello.
func (f *follower) called(from string, h *bus.Hello) {
	if f.coordinator == "" {
		f.hello(from, h)
	}
}

// heed tells whether an order is of the agent's coordinator, and whether that has just become
// its own. run is the one that the agent knows of.
func (f *follower) heed(from string, o *bus.Order, run int) (own, joined bool) {
	if o.Leave && f.coordinator == "" { // the answer has not arrived
		f.gone(from, run)
		return false, false
	}
	if joined = f.coordinator == ""; joined {
		f.coordinator = from
	}
	if own = from == f.coordinator; own {
		f.silent = 0
	}
	return own, joined
}

// gone tells a coordinator that this agent knows that the fleet is dissolved.
func (f *follower) gone(coordinator string, run int) {
	_ = f.end.Send(coordinator, &bus.Status{Run: run, Gone: true}, nil) // it asks again for a while
}

// dissolved ends with the coordinator's fleet, and leaves or waits for the next.
func (f *follower) dissolved(report func(string), leaves bool, run int) {
	if leaves { // before the coordinator knows it, and hangs up
		report(left + ": the coordinator has ended")
		f.end.Leaving()
	} else {
		report("the coordinator has ended; waiting for the next")
		f.end.Resting()
	}
	f.gone(f.coordinator, run)
}

// left is the last that an agent says.
const left = "left"

// givenUp is what is said of a coordinator that fell silent.
var givenUp = fmt.Sprintf("the coordinator has been silent for %d s: it is given up", patience)
