package clock

import (
	"errors"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

const (
	// MaxDrift is how far two clocks may drift apart, as a share of time: 500 ppm, the
	// most that RFC 5905 lets a clock be slewed by (MAXFREQ, appendix A.1.1).
	MaxDrift = 500e-6
	// Wander is by how much the drift may change within a track's memory, as a share of
	// time: 15 ppm, the frequency tolerance PHI of RFC 5905, section 7.2.
	Wander = 15e-6

	// resolution is how finely clocks are read. It is added to every error.
	resolution = time.Microsecond
	// memory is how many exchanges a track keeps; at one a second, about a minute.
	memory = 64
	// oldest is how long it keeps them.
	oldest = 2 * time.Minute
	// mostSteps is how many steps it remembers.
	mostSteps = 100
)

// A Track follows the clock of one other machine. The zero value is ready for use. A
// Track must not be used by several goroutines at once.
type Track struct {
	kept  []Exchange // in the order of Returned
	steps []Step
	more  int // steps that were not kept
}

// A Step is a time at which one of the two clocks was set: from one exchange to the
// next, the offset changed by more than drift and delay can explain.
type Step struct {
	At    sample.Instant // of this machine's clock, when it was noticed
	By    time.Duration  // how much the other clock gained on this one
	Error time.Duration
}

// A Reading is what a track says about an instant.
type Reading struct {
	Offset     time.Duration // the other machine's clock less this one's
	Error      time.Duration // the truth is within so much of Offset
	Drift      float64       // what the other clock gains, as a share of time; 1e-6 is 1 ppm
	DriftError float64
	RoundTrip  time.Duration // the smallest that was kept
}

var errImplausible = errors.New("the four timestamps are not those of one exchange")

// Add adds an exchange. Exchanges are to be added in the order in which they returned. The
// error says that the timestamps cannot be those of one exchange, or that it returned
// before the last one: a clock was set back meanwhile, or the other machine lies. Then the
// track is as it was.
func (t *Track) Add(x Exchange) error {
	if !x.plausible() {
		return errImplausible
	}
	if n := len(t.kept); n > 0 && x.Returned < t.kept[n-1].Returned {
		return t.turnBack(x)
	}
	t.kept = append(t.kept, x)
	if t.lines(x.Returned).exist() {
		t.forget()
		return nil
	}
	// A clock was set. The latest exchanges that do not contradict each other are kept.
	before := Track{kept: t.kept[:len(t.kept)-1]}
	old, known := before.At(x.Returned)
	for len(t.kept) > 1 && !t.lines(x.Returned).exist() {
		t.kept = t.kept[1:]
	}
	if known {
		now, _ := t.At(x.Returned)
		t.note(Step{At: x.Returned, By: now.Offset - old.Offset, Error: now.Error + old.Error})
	}
	return nil
}

// turnBack takes an exchange that returned before the last one: this machine's clock was
// set back, and nothing from before can be compared with it.
func (t *Track) turnBack(x Exchange) error {
	last := t.kept[len(t.kept)-1]
	by := x.Offset() - last.Offset()
	t.kept = []Exchange{x}
	t.note(Step{At: x.Returned, By: by, Error: x.RoundTrip()/2 + last.RoundTrip()/2 + resolution})
	return nil
}

func (t *Track) note(s Step) {
	if len(t.steps) == mostSteps {
		t.more++
		return
	}
	t.steps = append(t.steps, s)
}

// forget drops what is too old. If there are too many exchanges, it drops one of the older
// half: the one with the longest round trip, so that the smallest stay.
func (t *Track) forget() {
	last := t.kept[len(t.kept)-1].Returned
	for last.Sub(t.kept[0].Returned) > oldest {
		t.kept = t.kept[1:]
	}
	if len(t.kept) <= memory {
		return
	}
	worst := 0
	for i := range len(t.kept) / 2 {
		if t.kept[i].RoundTrip() > t.kept[worst].RoundTrip() {
			worst = i
		}
	}
	t.kept = append(t.kept[:worst], t.kept[worst+1:]...)
}

// At returns the offset at an instant of this machine's clock. It may lie ahead or in the
// past: the error grows with the distance from what was measured. ok is false if nothing
// was measured.
func (t *Track) At(here sample.Instant) (r Reading, ok bool) {
	if len(t.kept) == 0 {
		return r, false
	}
	offset, offsetError, drift, driftError := t.lines(here).extremes()
	smallest := t.kept[0].RoundTrip()
	for _, x := range t.kept[1:] {
		smallest = min(smallest, x.RoundTrip())
	}
	return Reading{
		Offset: offset, Error: max(offsetError, smallest/2) + resolution,
		Drift: drift, DriftError: driftError, RoundTrip: smallest,
	}, true
}

// There returns what the other machine's clock shows when this one's shows here, such as
// an agreed time to start. The truth is within e. ok is false if nothing was measured.
func (t *Track) There(here sample.Instant) (there sample.Instant, e time.Duration, ok bool) {
	r, ok := t.At(here)
	if !ok {
		return 0, 0, false
	}
	return here.Add(r.Offset), r.Error, true
}

// Here returns what this machine's clock shows when the other one's shows there, such as
// the time at which an agent began. The truth is within e. ok is false if nothing was
// measured.
func (t *Track) Here(there sample.Instant) (here sample.Instant, e time.Duration, ok bool) {
	if len(t.kept) == 0 {
		return 0, 0, false
	}
	last := t.kept[len(t.kept)-1]
	guess := there.Add(-last.Offset())
	// The offset moves by MaxDrift with the instant it is asked for, so the second
	// guess is off by a millionth of what the first was off by.
	for range 3 {
		r, _ := t.At(guess)
		guess, e = there.Add(-r.Offset), r.Error
	}
	return guess, e, true
}

// Blurs tells whether an error of the clocks spoils the even spacing of arrivals with a
// gap between them that several machines make together: whether the gap is under ten times
// the error. The arrivals are dealt out among the machines nevertheless (see pace.Share), so
// the rate and the number are right, but which of two neighbours comes first is not.
func Blurs(gap, e time.Duration) bool { return gap > 0 && gap/10 < e }

// Steps returns when one of the clocks was set, and how often that happened besides, if it
// was too often to keep.
func (t *Track) Steps() (steps []Step, more int) {
	return append([]Step(nil), t.steps...), t.more
}
