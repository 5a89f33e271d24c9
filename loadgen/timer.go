package loadgen

import (
	"container/heap"
	"math"
	"time"
)

// never is a time no run reaches.
const never = time.Duration(math.MaxInt64)

// timers wakes sessions. A session's time limit moves with every command and
// hardly ever passes, so moving it later only notes it: the heap finds out
// when the old time comes.
type timers []*session

// set makes s wake at a time; never takes its timer away.
func (t *timers) set(s *session, at time.Duration) {
	s.wakeAt = at
	switch {
	case s.heapAt >= 0 && at < s.heapKey:
		s.heapKey = at
		heap.Fix(t, s.heapAt)
	case s.heapAt < 0 && at != never:
		s.heapKey = at
		heap.Push(t, s)
	}
}

// due returns a session whose time has come, nil where there is none. It has
// no timer any more.
func (t *timers) due(now time.Duration) *session {
	for len(*t) > 0 {
		s := (*t)[0]
		if s.heapKey > now {
			return nil
		}
		switch {
		case s.wakeAt <= now:
			heap.Pop(t)
			s.wakeAt = never
			return s
		case s.wakeAt == never:
			heap.Pop(t)
		default:
			s.heapKey = s.wakeAt
			heap.Fix(t, 0)
		}
	}
	return nil
}

// drop forgets s.
func (t *timers) drop(s *session) {
	if s.heapAt >= 0 {
		heap.Remove(t, s.heapAt)
	}
	s.wakeAt = never
}

// next is when due may have something next.
func (t timers) next() time.Duration {
	if len(t) == 0 {
		return never
	}
	return t[0].heapKey
}

// The methods of heap.Interface.

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].heapKey < t[j].heapKey }
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].heapAt, t[j].heapAt = i, j
}
func (t *timers) Push(x any) {
	s := x.(*session)
	s.heapAt = len(*t)
	*t = append(*t, s)
}
func (t *timers) Pop() any {
	old := *t
	s := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	s.heapAt = -1
	return s
}
