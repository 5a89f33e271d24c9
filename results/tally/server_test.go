package tally

import (
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// seconds are looks at a server that used half a core and wrote 1000 octets a second.
func seconds(from, to int) Server {
	var s Server
	for i := from; i < to; i++ {
		written := int64(1000)
		start := sample.Instant(i * int(time.Second))
		s.Add(&ServerSample{From: start, To: start.Add(time.Second), CPU: time.Second / 2, Memory: int64(i), Written: &written})
	}
	return s
}

func TestServerBetween(t *testing.T) {
	got := seconds(0, 10).Between(sample.Instant(2500*time.Millisecond), sample.Instant(5*time.Second))
	if got.Length() != 2500*time.Millisecond || got.CPU != 1250*time.Millisecond || *got.Written != 2500 || got.Memory != 4 {
		t.Errorf("between 2.5 s and 5 s: %+v, %d octets written", got, *got.Written)
	}
	if none := seconds(0, 3).Between(sample.Instant(5*time.Second), sample.Instant(6*time.Second)); none.Length() != 0 || none.CPU != 0 {
		t.Errorf("after the end: %+v", none)
	}
}

// A long run keeps no more looks than there is room for, and its sums.
func TestServerIsBounded(t *testing.T) {
	const length = 3*maxServerSamples + 1
	s := seconds(0, length)
	if len(s) > maxServerSamples {
		t.Errorf("%d looks are kept, want %d at most", len(s), maxServerSamples)
	}
	all := s.Between(0, sample.Instant(length*int(time.Second)))
	if all.CPU != length*time.Second/2 || *all.Written != 1000*length || all.Memory != length-1 {
		t.Errorf("all together: %+v, %d octets written", all, *all.Written)
	}
}

// Two generators that look at one server at the same time see the same.
func TestServerMerge(t *testing.T) {
	s := seconds(0, 5)
	s.Merge(seconds(3, 8))
	if all := s.Between(0, sample.Instant(20*time.Second)); all.CPU != 4*time.Second || all.To != sample.Instant(8*time.Second) {
		t.Errorf("merged: %+v, want 8 s", all)
	}
}

// What nobody saw is kept when samples are put together, and when a part of one is taken.
func TestServerBlind(t *testing.T) {
	at := func(s int) sample.Instant { return sample.Instant(s * int(time.Second)) }
	s := Server{{From: at(0), To: at(1), Memory: 1}, {From: at(4), To: at(5), Memory: 1}, {From: at(5), To: at(15), Memory: 1}, {From: at(15), To: at(16), Memory: 1}}
	for name, of := range map[string]Server{"single": s, "in pairs": inPairs(slices.Clone(s)), "all": inPairs(inPairs(slices.Clone(s)))} {
		if all := of.Between(at(0), at(16)); all.Blind() != 13*time.Second {
			t.Errorf("%s: blind for %v, want 13 s", name, all.Blind())
		}
	}
	if part := s.Between(at(12), at(16)); part.Blind() != 3*time.Second {
		t.Errorf("the end: blind for %v, want 3 s", part.Blind())
	}
	if from, length := s.LongestBlind(at(0), at(30)); from != at(16) || length != 14*time.Second {
		t.Errorf("longest from %d for %v, want the last 14 s", from, length)
	}
	if from, length := s.LongestBlind(at(0), at(16)); from != at(5) || length != 10*time.Second {
		t.Errorf("longest from %d for %v, want 10 s from 5 s on", from, length)
	}
}
