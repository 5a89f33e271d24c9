package labserver

import (
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// Sequence returns the first number in the local part of the address in a MAIL
// command's argument, -1 where there is none. A scenario with
// "from: s{seq}@example.test" so tells the server which arrival it serves, and
// a delay can be a pure function of it, for a simulation to repeat.
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

// At waits d at every verb.
func At(verb string, d time.Duration) Delay {
	return func(v string, _ int64) time.Duration {
		if v == verb {
			return d
		}
		return 0
	}
}

// Either waits short at verb, or long for one arrival in every, chosen by
// hashing its sequence number, so that the choice is spread like chance and
// known ahead. It panics if every is not positive.
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

// A Stall holds back every reply for a while, once: from when the MAIL of
// arrival Seq (or of a later one) comes in, for For. Then, as otherwise, it
// waits what Otherwise says.
type Stall struct {
	Seq       int64
	For       time.Duration
	Otherwise Delay

	mu    sync.Mutex
	begun time.Time
}

// Delay is the Stall as a Delay. A reply on its way when the stall begins is
// not held back: it has been decided on before.
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
