package clock

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
	s  = time.Second

	epoch = sample.Instant(1_780_000_000_000_000_000)
)

// A machine is another machine with its clock, and the network between. Time is that of
// this machine's clock.
type machine struct {
	offset      time.Duration // at the beginning
	drift       float64
	wander      float64       // the drift swings by it, within a minute
	there, back time.Duration // least delays
	jitter      time.Duration // mean of what is added, each way
	queue       time.Duration // mean of what is added on the way there alone, half of the time
	loss        float64
	steps       map[int]time.Duration // by second
	r           *rand.Rand
}

// truth is the offset after so long.
func (m *machine) truth(after time.Duration) time.Duration {
	t := after.Seconds()
	const turn = 2 * math.Pi / 60
	off := float64(m.offset) + m.drift*float64(after) + m.wander*(1-math.Cos(turn*t))/turn*1e9
	for second, by := range m.steps {
		if after >= time.Duration(second)*s {
			off += float64(by)
		}
	}
	return time.Duration(off)
}

func (m *machine) random(mean time.Duration) time.Duration {
	return time.Duration(m.r.ExpFloat64() * float64(mean))
}

// ask is one exchange that begins after so long; ok is false if it is lost.
func (m *machine) ask(after time.Duration) (x Exchange, ok bool) {
	there, back := m.there+m.random(m.jitter), m.back+m.random(m.jitter)
	if m.r.IntN(2) == 0 {
		there += m.random(m.queue)
	}
	arrived := after + there
	answered := arrived + m.random(50*us)
	returned := answered + back
	return Exchange{
		Sent: epoch.Add(after), Received: epoch.Add(arrived + m.truth(arrived)),
		Answered: epoch.Add(answered + m.truth(answered)), Returned: epoch.Add(returned),
	}, m.r.Float64() >= m.loss
}

// TestTruthIsWithinTheError simulates machines for two minutes each, and holds what the
// track says each second, about now and about a start 3 s ahead, against the truth.
func TestTruthIsWithinTheError(t *testing.T) {
	for _, test := range []struct {
		name    string
		machine machine
		most    time.Duration // that the error may be in the middle of the cases
	}{
		{"this machine", machine{there: 20 * us, back: 20 * us, jitter: 20 * us}, 60 * us},
		{"beside", machine{offset: 3 * ms, drift: 50e-6, there: 100 * us, back: 100 * us, jitter: 100 * us, loss: 0.01}, 200 * us},
		{"far, with loss", machine{offset: -7 * time.Hour, drift: -50e-6, there: 20 * ms, back: 20 * ms, jitter: 2 * ms, loss: 0.01}, 22 * ms},
		{"all on the way there", machine{offset: s, drift: 50e-6, there: 20 * ms, jitter: ms, loss: 0.01}, 11 * ms},
		{"all on the way back", machine{offset: s, drift: -200e-6, back: 20 * ms, jitter: ms, loss: 0.01}, 11 * ms},
		{"queues on one way", machine{offset: 40 * ms, drift: 20e-6, there: 200 * us, back: 200 * us, jitter: 50 * us, queue: 30 * ms, loss: 0.01}, 300 * us},
		{"half lost", machine{drift: 50e-6, there: ms, back: 2 * ms, jitter: 3 * ms, loss: 0.5}, 3 * ms},
		{"a drift that swings", machine{drift: 30e-6, wander: 7e-6, there: 100 * us, back: 100 * us, jitter: 100 * us}, 200 * us},
		{"set ahead, then back", machine{drift: 50e-6, there: 300 * us, back: 300 * us, jitter: 100 * us, steps: map[int]time.Duration{40: 200 * ms, 80: -3 * s}}, 500 * us},
		{"set by hours", machine{drift: 50e-6, there: 5 * ms, back: 5 * ms, jitter: ms, loss: 0.01, steps: map[int]time.Duration{60: 2 * time.Hour}}, 7 * ms},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked, wrong int
			var now, ahead []time.Duration // errors
			for seed := range uint64(2) {
				m := test.machine
				m.r = rand.New(rand.NewPCG(seed, 1))
				var track Track
				for second := range 120 {
					x, ok := m.ask(time.Duration(second) * s)
					if ok {
						if err := track.Add(x); err != nil {
							t.Fatal(err)
						}
					}
					if second < 5 || second%3 != 0 {
						continue
					}
					at := time.Duration(second)*s + s/2
					for after, errors := range map[time.Duration]*[]time.Duration{at: &now, at + 3*s: &ahead} {
						if m.stepped(second, after) {
							continue // nobody can know of a step that is to come
						}
						r, ok := track.At(epoch.Add(after))
						asked++
						if !ok || (r.Offset-m.truth(after)).Abs() > r.Error {
							wrong++
						}
						*errors = append(*errors, r.Error)
					}
				}
				if steps, more := track.Steps(); len(steps) != len(m.steps) || more != 0 {
					t.Errorf("seed %d: steps %v, want %v", seed, steps, m.steps)
				}
			}
			if wrong*100 > asked {
				t.Errorf("the truth is outside the error in %d of %d cases", wrong, asked)
			}
			if e := median(now); e > test.most {
				t.Errorf("the error is %v in the middle of the cases, want %v at most", e, test.most)
			}
			if e := median(ahead); e > median(now)*3/2+150*us {
				t.Errorf("the error of a start is %v in the middle of the cases", e)
			}
		})
	}
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// stepped tells whether a clock is set after the exchange of a second, and before an instant.
func (m *machine) stepped(second int, after time.Duration) bool {
	for at := range m.steps {
		if at >= second && time.Duration(at)*s <= after {
			return true
		}
	}
	return false
}

// TestDrift sees the drift, and its error, within a minute.
func TestDrift(t *testing.T) {
	for _, drift := range []float64{-400e-6, -50e-6, 0, 50e-6, 400e-6} {
		m := machine{drift: drift, there: 100 * us, back: 150 * us, jitter: 50 * us, r: rand.New(rand.NewPCG(1, 2))}
		var track Track
		for second := range 60 {
			x, _ := m.ask(time.Duration(second) * s)
			if err := track.Add(x); err != nil {
				t.Fatal(err)
			}
		}
		r, _ := track.At(epoch.Add(60 * s))
		if math.Abs(r.Drift-drift) > r.DriftError || r.DriftError > 60e-6 {
			t.Errorf("drift of %.0f ppm is read as %.1f ± %.1f ppm", drift*1e6, r.Drift*1e6, r.DriftError*1e6)
		}
	}
}

// TestThereAndBack converts an instant to the other clock and back.
func TestThereAndBack(t *testing.T) {
	m := machine{offset: 90 * time.Minute, drift: 300e-6, there: ms, back: ms, jitter: ms, r: rand.New(rand.NewPCG(3, 4))}
	var track Track
	for second := range 30 {
		x, _ := m.ask(time.Duration(second) * s)
		if err := track.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	start := 35 * s
	there, e, ok := track.There(epoch.Add(start))
	if off := there.Sub(epoch.Add(start + m.truth(start))).Abs(); !ok || off > e {
		t.Errorf("the start there is off by %v, and its error is %v", off, e)
	}
	here, e, ok := track.Here(there)
	if off := here.Sub(epoch.Add(start)).Abs(); !ok || off > 2 || e > 3*ms {
		t.Errorf("there and back is off by %v, with an error of %v", off, e)
	}
}

func TestNothingMeasured(t *testing.T) {
	var track Track
	if r, ok := track.At(epoch); ok {
		t.Errorf("without an exchange, the offset is %v", r)
	}
	if there, _, ok := track.There(epoch); ok {
		t.Errorf("without an exchange, it is %v there", there)
	}
	if here, _, ok := track.Here(epoch); ok {
		t.Errorf("without an exchange, it is %v here", here)
	}
}

// TestOneExchange is wrong by half its round trip at the most, and by more the further away
// the instant is.
func TestOneExchange(t *testing.T) {
	var track Track
	if err := track.Add(Exchange{epoch, epoch.Add(15 * ms), epoch.Add(16 * ms), epoch.Add(11 * ms)}); err != nil {
		t.Fatal(err)
	}
	r, _ := track.At(epoch.Add(11 * ms))
	if r.Offset != 10*ms || r.RoundTrip != 10*ms || r.Error < 5*ms || r.Error > 5*ms+20*us {
		t.Errorf("got %+v, want an offset of 10ms, and an error of half the round trip of 10ms", r)
	}
	if later, _ := track.At(epoch.Add(10 * s)); later.Error < 10*ms || later.Error > 11*ms {
		t.Errorf("ten seconds later the error is %v, want 5ms more", later.Error)
	}
}

func TestBlurs(t *testing.T) {
	for _, test := range []struct {
		gap, e time.Duration
		want   bool
	}{{ms, 99 * us, false}, {ms, 101 * us, true}, {0, s, false}, {s, 0, false}} {
		if got := Blurs(test.gap, test.e); got != test.want {
			t.Errorf("a gap of %v and an error of %v: %v", test.gap, test.e, got)
		}
	}
}

func TestStep(t *testing.T) {
	m := machine{there: ms, back: ms, jitter: 100 * us, steps: map[int]time.Duration{10: -70 * ms}, r: rand.New(rand.NewPCG(5, 6))}
	var track Track
	for second := range 20 {
		x, _ := m.ask(time.Duration(second) * s)
		if err := track.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	steps, _ := track.Steps()
	if len(steps) != 1 {
		t.Fatalf("steps %v, want one", steps)
	}
	if off := (steps[0].By + 70*ms).Abs(); off > steps[0].Error || steps[0].Error > 4*ms {
		t.Errorf("a step of -70ms is read as %v, with an error of %v", steps[0].By, steps[0].Error)
	}
	if at := steps[0].At.Sub(epoch); at < 10*s || at > 11*s {
		t.Errorf("the step was noticed after %v, want 10 s", at)
	}
}

// TestOwnClockSetBack sees exchanges return before those that returned earlier.
func TestOwnClockSetBack(t *testing.T) {
	var track Track
	for i, back := range []time.Duration{0, 0, time.Hour, time.Hour} {
		at := epoch.Add(time.Duration(i)*s - back)
		if err := track.Add(Exchange{at, at.Add(ms + back), at.Add(ms + back), at.Add(2 * ms)}); err != nil {
			t.Fatal(err)
		}
	}
	r, _ := track.At(epoch.Add(4*s - time.Hour))
	steps, _ := track.Steps()
	if (r.Offset-time.Hour).Abs() > r.Error || len(steps) != 1 || (steps[0].By-time.Hour).Abs() > steps[0].Error {
		t.Errorf("got %+v and steps %v after the own clock was set back an hour", r, steps)
	}
}
