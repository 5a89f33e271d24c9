package labserver

import (
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// Sequence returns the first number in the local part of the address in a MAIL command's
// argument; -1 if there is none. With "from: s{seq}@example.test" in the scenario the server
// knows the number of each arrival. So a delay can be a pure function of it, which a
// simulation can repeat.
func Sequence(argument string) int64 {
	n := int64(-1)
	for _, c := range []byte(argument) {
		digit := c >= '0' && c <= '9'
		switch {
		case c == '@' || !digit && n >= 0:
			return n
		case digit && n < 0:
			n = int64(c - '0')
		case digit:
			n = n*10 + int64(c-'0')
		}
	}
	return n
}

// At returns a Delay of d at a verb, and of nothing at others.
func At(verb string, d time.Duration) Delay {
	return func(v string, _ int64) time.Duration {
		if v == verb {
			return d
		}
		return 0
	}
}

// Either returns a Delay at a verb that is short or, for one arrival in every, long. A hash of
// the sequence number chooses which, so the choice looks random but is known before. It panics
// if every is 0.
func Either(verb string, short, long time.Duration, every uint64) Delay {
	if every == 0 {
		panic("labserver: one arrival in none")
	}
	return func(v string, seq int64) time.Duration {
		if v != verb {
			return 0
		}
		if chance.At(uint64(seq), 0)%every == 0 {
			return long
		}
		return short
	}
}

// A Stall delays every reply for a time, once. It begins when the MAIL of arrival Seq, or of a
// later one, comes in, and lasts For. The delays of Otherwise are added, and go on after it.
type Stall struct {
	Seq       int64
	For       time.Duration
	Otherwise Delay

	mu    sync.Mutex
	begun time.Time
}

// Delay is the Stall as a Delay. It does not delay a reply whose delay was decided before the
// stall began.
func (s *Stall) Delay(verb string, seq int64) time.Duration {
	now := time.Now()
	s.mu.Lock()
	if s.begun.IsZero() && verb == "mail" && seq >= s.Seq {
		s.begun = now
	}
	begun := s.begun
	s.mu.Unlock()
	var d time.Duration
	if s.Otherwise != nil {
		d = s.Otherwise(verb, seq)
	}
	if !begun.IsZero() {
		if left := s.For - now.Sub(begun); left > 0 {
			d += left
		}
	}
	return d
}
