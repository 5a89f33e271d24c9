package limits

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A band is a range of times.
type band struct{ from, to time.Duration }

// in counts the samples that lie in some band.
func in(h *histogram.Histogram, bands ...band) int64 {
	var sum int64
	for d, n := range h.All() {
		for _, b := range bands {
			if b.from <= d && d < b.to {
				sum += n
				break
			}
		}
	}
	return sum
}

func (f *Flow) times(p sample.Phase) *histogram.Histogram {
	return f.Total.Hists[tally.SlotOf(p, sample.Service)]
}

// after are bands that begin at some times and are so long.
func after(length time.Duration, times ...time.Duration) []band {
	var list []band
	for _, t := range times {
		list = append(list, band{t, t + length})
	}
	return list
}

// Linux acknowledges a segment that it has no answer to after 40 ms. A server that writes
// a reply in two pieces and does not turn Nagle's algorithm off waits for that between
// them (RFC 9293, section 3.7.4; RFC 1122, section 4.2.3.2).
var (
	delayedAck     = band{39500 * time.Microsecond, 45 * time.Millisecond}
	besideThose    = []band{{20 * time.Millisecond, 39500 * time.Microsecond}, {46 * time.Millisecond, 70 * time.Millisecond}}
	withoutWaiting = band{0, 20 * time.Millisecond}
)

// standsOut is how many times as often something has to be seen as what is around it.
const standsOut = 4

func (f *finder) delayedAck(flow *Flow) {
	var first sample.Phase
	phases, quick := 0, false
	for p := sample.Banner; p <= sample.Quit; p++ {
		h := flow.times(p)
		n := in(h, delayedAck)
		if n < 10 || 20*n < h.Count() || n <= standsOut*in(h, besideThose...) {
			continue
		}
		if phases++; phases == 1 {
			first = p
		}
		quick = quick || in(h, withoutWaiting) >= least
	}
	if phases == 0 {
		return
	}
	sure := Likely
	if phases == 1 && !quick {
		sure = Possible // each takes so long: it may be something that the server waits for
	}
	h := flow.times(first)
	f.add(DelayedAck, sure,
		"the server writes a reply in two pieces, or after a session ticket of TLS, and holds back the second (Nagle's algorithm) until the first is acknowledged, which takes 40 ms",
		"have the server write each reply at once, or set TCP_NODELAY on its sockets; look at the proxy or TLS library in front of it",
		"%s of %s in phase %s took 40 to 45 ms, and hardly any a little less or more", human.Count(in(h, delayedAck)), human.CountOf(h.Count(), "reply time"), first)
}

// Linux sends a SYN again after 1 s, then after the double, or after 1 s each (RFC 6298,
// section 2.1; tcp_syn_linear_timeouts).
var (
	synRetries   = after(300*time.Millisecond, time.Second, 2*time.Second, 3*time.Second, 4*time.Second, 7*time.Second, 15*time.Second)
	betweenThose = []band{{400 * time.Millisecond, 990 * time.Millisecond}, {1300 * time.Millisecond, 1990 * time.Millisecond}, {2300 * time.Millisecond, 2990 * time.Millisecond}}
)

func (f *finder) synRetries(flow *Flow) {
	h := flow.times(sample.Connect)
	n := in(h, synRetries...)
	if n < least || n <= standsOut*in(h, betweenThose...) {
		return
	}
	sure := Likely
	if s := f.evidence.Server; s != nil && s.Overflows > 0 {
		sure = Certain
	}
	f.add(SYNRetries, sure,
		"a SYN was dropped and sent again: most often the server's listen queue was full, sometimes a firewall or its connection table",
		"raise the server's backlog and net.core.somaxconn, let it accept faster (more processes), or open fewer connections at once",
		"%s of %s took 1, 2, 3 s or so, and hardly any in between", human.Count(n), human.CountOf(h.Count(), "connect"))
}

// Resolvers wait 5 s for an answer before they ask again (resolv.conf, timeout).
var (
	atFives      = after(700*time.Millisecond, 4950*time.Millisecond, 9950*time.Millisecond, 14950*time.Millisecond, 19950*time.Millisecond, 29950*time.Millisecond)
	betweenFives = []band{{2 * time.Second, 4950 * time.Millisecond}, {5700 * time.Millisecond, 9950 * time.Millisecond}, {10700 * time.Millisecond, 14950 * time.Millisecond}}
)

func (f *finder) slowBanner(flow *Flow) {
	h := flow.times(sample.Banner)
	n := in(h, atFives...)
	if n < least || 100*n < h.Count() || n <= standsOut*in(h, betweenFives...) {
		return
	}
	f.add(SlowBanner, Likely,
		"the server looks up the client's name first, and its resolver waits for a name server that does not answer",
		"give this machine's address a name that the server finds, mend the server's resolver, or turn that look-up off",
		"%s of %s came after 5, 10 or 15 s, and hardly any in between", human.Count(n), human.CountOf(h.Count(), "banner"))
}

// authPause looks for a pause that the server makes at each AUTH that fails, to slow down
// those who guess passwords.
func (f *finder) authPause(flow *Flow) {
	failed := int64(0)
	for _, e := range flow.Errors {
		if e.Class == sample.AuthRejected.String() && e.Phase == sample.Auth.String() {
			failed += e.Count
		}
	}
	h := flow.times(sample.Auth)
	pause := band{time.Second, time.Hour}
	n := in(h, pause)
	if failed < least || 10*n < 8*failed || 10*n > 12*failed {
		return
	}
	longest, _ := h.Max()
	f.add(AuthPause, Likely,
		"the server pauses on purpose before it says that a password is wrong",
		fmt.Sprintf("correct the user's name and password: each such session is held for up to %s, and too many of them may get this address banned", human.Duration(longest)),
		"%s were refused, and as many replies to AUTH took over 1 s", human.CountOf(failed, "login"))
}
