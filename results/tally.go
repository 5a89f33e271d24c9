package results

import (
	"cmp"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A slot is the place of one histogram: a phase's service, response or lag, or
// one of the generator's own three.
type slot int

const (
	parts     = 3
	lateSlot  = slot(parts * sample.NumPhases)
	delaySlot = lateSlot + 1
	ownSlot   = lateSlot + 2
	numSlots  = int(ownSlot) + 1
)

func slotOf(p sample.Phase, part sample.Part) slot { return slot(int(p)*parts + int(part)) }

// name is how the slot is called in a run file: "mail", "message.response".
func (s slot) name() string {
	switch s {
	case lateSlot:
		return "generator.late"
	case delaySlot:
		return "generator.delay"
	case ownSlot:
		return "generator.own"
	}
	return sample.Phase(int(s)/parts).String() + partSuffix[int(s)%parts]
}

var partSuffix = [parts]string{"", ".response", ".lag"}

var slotsByName = func() map[string]slot {
	m := make(map[string]slot, numSlots)
	for s := range slot(numSlots) {
		m[s.name()] = s
	}
	return m
}()

// counts are the numbers of a series beside its histograms.
type counts struct {
	Started       int64    `json:"sessions_started,omitempty"`
	Completed     int64    `json:"sessions_completed,omitempty"`
	FailedSession int64    `json:"sessions_failed,omitempty"`
	Outcomes      outcomes `json:"outcomes"`
	InWindow      int64    `json:"in_window,omitempty"` // accepted while the load lasted
	RcptAccepted  int64    `json:"recipients_accepted,omitempty"`
	RcptRejected  int64    `json:"recipients_rejected,omitempty"`
	RcptUnknown   int64    `json:"recipients_unknown,omitempty"`
	Unstamped     int64    `json:"unstamped,omitempty"`
}

func (c *counts) add(from *counts) {
	c.Started += from.Started
	c.Completed += from.Completed
	c.FailedSession += from.FailedSession
	for i, n := range from.Outcomes {
		c.Outcomes[i] += n
	}
	c.InWindow += from.InWindow
	c.RcptAccepted += from.RcptAccepted
	c.RcptRejected += from.RcptRejected
	c.RcptUnknown += from.RcptUnknown
	c.Unstamped += from.Unstamped
}

// A failureKey is what failures are counted by.
type failureKey struct {
	phase    sample.Phase
	class    sample.Class
	code     int
	enhanced sample.EnhancedCode
}

type failureCount struct {
	count   int64
	example string // the first one's text
}

// maxFailureKinds bounds the failures told apart in a series: a hostile server
// has millions of codes. What comes after them is counted under its phase and
// class alone.
const maxFailureKinds = 256

type failures map[failureKey]*failureCount

// find returns what a failure is counted under, and its count where it has one.
func (f failures) find(k failureKey) (failureKey, *failureCount) {
	c := f[k]
	if c == nil && len(f) >= maxFailureKinds {
		k.code, k.enhanced = 0, sample.EnhancedCode{}
		c = f[k]
	}
	return k, c
}

func (f failures) add(k failureKey, n int64, example string) {
	k, c := f.find(k)
	if c == nil {
		c = &failureCount{example: example}
		f[k] = c
	}
	c.count += n
}

func (f failures) merge(from failures) {
	for _, e := range from.sorted() { // sorted, so that which example stays does not vary
		f.add(e.key, e.count, e.example)
	}
}

type failureEntry struct {
	key failureKey
	failureCount
}

// sorted returns the failures, the most frequent first.
func (f failures) sorted() []failureEntry {
	var list []failureEntry
	for k, c := range f {
		list = append(list, failureEntry{k, *c})
	}
	slices.SortFunc(list, func(a, b failureEntry) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.key.phase, b.key.phase),
			cmp.Compare(a.key.class, b.key.class), cmp.Compare(a.key.code, b.key.code),
			slices.Compare(a.key.enhanced[:], b.key.enhanced[:]))
	})
	return list
}

// A tally is what one series comes to in one interval, while it is recorded.
type tally struct {
	counts
	recordings [numSlots]recording
	clamped    [numSlots]int64
	failures   failures
	pages      *pagePool // the batch's
}

func (t *tally) record(s slot, d time.Duration) {
	v, inRange := clamp(d)
	if !inRange {
		t.clamped[s]++
	}
	cell, r := cellOf(v), &t.recordings[s]
	if !r.counted(cell) {
		r.record(cell, t.pages)
	}
}

// reset makes the tally empty, and keeps its memory.
func (t *tally) reset() {
	t.counts = counts{}
	for s := range t.recordings {
		t.recordings[s].reset(t.pages)
	}
	t.clamped = [numSlots]int64{}
	clear(t.failures)
}

// A total is what a series comes to over any time, to be kept and added up.
type total struct {
	counts
	hists    [numSlots]*Histogram // nil where empty
	clamped  [numSlots]int64
	failures failures
}

func newTotal() *total { return &total{failures: failures{}} }

func (t *total) hist(s slot) *Histogram {
	if t.hists[s] == nil {
		t.hists[s] = NewHistogram()
	}
	return t.hists[s]
}

// absorb adds a tally.
func (t *total) absorb(from *tally) {
	t.counts.add(&from.counts)
	for s := range from.recordings {
		if r := &from.recordings[s]; !r.empty() {
			t.hist(slot(s)).absorb(r)
			t.clamped[s] += from.clamped[s]
		}
	}
	t.failures.merge(from.failures)
}

// add adds another total.
func (t *total) add(from *total) {
	if from == nil {
		return
	}
	t.counts.add(&from.counts)
	for s, h := range from.hists {
		if h.Count() > 0 {
			t.hist(slot(s)).Merge(h)
			t.clamped[s] += from.clamped[s]
		}
	}
	t.failures.merge(from.failures)
}
