package loadgen

import (
	"net/netip"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Spread says which addresses of a name its sessions connect to.
type Spread uint8

// The spreads.
const (
	AllAddresses Spread = iota // each in turn
	FirstAddress               // the first that answers
)

// String returns the spread as it stands in scenarios.
func (s Spread) String() string {
	if s == FirstAddress {
		return "first"
	}
	return "all"
}

// An address whose connect failed is left alone for a while: longer each time, from
// the first pause to the longest. Then one session tries it again.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// A destination is one of the addresses of a flow's target.
type destination struct {
	netdrive.Addr
	sources  []netip.Addr                // to bind in turn, those of its family; none leaves it to the kernel
	bound    int64                       // connects that took one of sources
	captures int                         // sessions that connected there and keep the server's greeting
	visits   [sample.Drain]sample.Visits // since the last report, by the stage of the session
	failures int                         // connects in a row that failed
	failedAt time.Duration               // when the last of them did
	retryAt  time.Duration               // before then no session tries it again
}

// pause returns how long the address is left alone.
func (d *destination) pause() time.Duration {
	return min(longestPause, firstPause<<min(max(0, d.failures-1), 10))
}

// destinations are the addresses of a flow's target, in one shard. They stay from one
// round to the next, as far as the next look-up has them again.
type destinations struct {
	all    []destination
	spread Spread
	limit  time.Duration // for a session to connect, all addresses together
	prefer int           // the one that answered last
	turn   int           // whose turn it is
}

// renew takes the addresses of another look-up of a flow's target. Each shard begins
// with another one.
func (d *destinations) renew(f *Flow, addrs []netdrive.Addr, shard int) {
	before, t := *d, &f.Target
	if before.all == nil {
		before.turn = shard
	}
	*d = destinations{all: make([]destination, len(addrs)), turn: before.turn % max(1, len(addrs)), spread: t.Spread, limit: f.Timeouts.connect()}
	for i, a := range addrs {
		to := &d.all[i]
		if k := slices.IndexFunc(before.all, func(known destination) bool { return known.TCP == a.TCP && known.Path == a.Path }); k >= 0 {
			to.bound, to.failures, to.failedAt, to.retryAt = before.all[k].bound, before.all[k].failures, before.all[k].failedAt, before.all[k].retryAt
			if k == before.prefer {
				d.prefer = i
			}
		}
		to.Addr = a
		if a.Path == "" {
			to.sources = t.sourcesFor(a.TCP.Addr())
		}
	}
}

// first returns which address a session tries first.
func (d *destinations) first(now time.Duration) int {
	from := d.turn
	if d.spread == FirstAddress {
		from = d.prefer
	}
	i, ok := d.open(from, now)
	if !ok { // none is known to answer
		i = d.turn
	}
	d.turn = (i + 1) % len(d.all)
	return i
}

// next returns which address a session tries after another has failed: one that may
// answer or, if there is none, one that did not since the session began. It is false
// if neither is left.
func (d *destinations) next(after int, began, now time.Duration) (int, bool) {
	if i, ok := d.open(after+1, now); ok {
		return i, true
	}
	for i := range d.all {
		if k := (after + 1 + i) % len(d.all); d.all[k].failedAt < began {
			return k, true
		}
	}
	return 0, false
}

// open returns the first address, from an index on and around, that is not left alone.
// It takes one whose pause is over for its caller: the others wait for what comes of
// that.
func (d *destinations) open(from int, now time.Duration) (int, bool) {
	for i := range d.all {
		k := (from + i) % len(d.all)
		to := &d.all[k]
		if to.failures == 0 {
			return k, true
		}
		if to.retryAt <= now {
			to.retryAt = now + max(d.limit, to.pause())
			return k, true
		}
	}
	return 0, false
}

// answered notes that a connect succeeded.
func (d *destinations) answered(i int) {
	d.prefer = i
	d.all[i].failures = 0
}

// failed notes that a connect failed. Those that had begun before an earlier one
// failed say nothing new.
func (d *destinations) failed(i int, began, now time.Duration) {
	to := &d.all[i]
	if to.failures > 0 && began <= to.failedAt {
		return
	}
	to.failures++
	to.failedAt, to.retryAt = now, now+to.pause()
}
