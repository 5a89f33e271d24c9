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
	turn   int           // whose turn it is to stand in for one that does not answer
}

// renew takes the addresses of another look-up of a flow's target.
func (d *destinations) renew(f *Flow, addrs []netdrive.Addr) {
	before, t := *d, &f.Target
	*d = destinations{all: make([]destination, len(addrs)), turn: before.turn % max(1, len(addrs)), spread: t.Spread, limit: f.Timeouts.connect()}
	for i, a := range addrs {
		to := &d.all[i]
		if k := slices.IndexFunc(before.all, func(known destination) bool { return known.TCP == a.TCP && known.Path == a.Path }); k >= 0 {
			to.failures, to.failedAt, to.retryAt = before.all[k].failures, before.all[k].failedAt, before.all[k].retryAt
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

// first returns which address a session tries first. That is a matter of the session's
// number as long as all answer, so that all shards together take them evenly.
func (d *destinations) first(number int64, now time.Duration) int {
	from := d.prefer
	if d.spread == AllAddresses {
		if from = int(number % int64(len(d.all))); d.all[from].open(d.limit, now) {
			return from
		}
		from = d.turn
	}
	i, ok := d.open(from, now)
	if !ok { // none is known to answer
		i = d.turn
	}
	d.turn = (i + 1) % len(d.all)
	return i
}

// source returns the local address from which a session connects to destination i; the
// zero value leaves it to the kernel. The sessions that a destination should get, by
// their numbers, take its sources in turn.
func (d *destinations) source(i int, number int64) netip.Addr {
	sources := d.all[i].sources
	if len(sources) == 0 {
		return netip.Addr{}
	}
	if d.spread == AllAddresses {
		number /= int64(len(d.all))
	}
	return sources[number%int64(len(sources))]
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
func (d *destinations) open(from int, now time.Duration) (int, bool) {
	for i := range d.all {
		if k := (from + i) % len(d.all); d.all[k].open(d.limit, now) {
			return k, true
		}
	}
	return 0, false
}

// open tells whether the address is not left alone. If its pause is over, it is open for
// the caller: the others wait for what comes of that.
func (d *destination) open(limit, now time.Duration) bool {
	if d.failures > 0 && d.retryAt > now {
		return false
	}
	if d.failures > 0 {
		d.retryAt = now + max(limit, d.pause())
	}
	return true
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
