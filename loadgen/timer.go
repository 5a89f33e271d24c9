package loadgen

import (
	"container/heap"
	"math"
	"time"
)

// never is a time no run reaches.
const never = time.Duration(math.MaxInt64)

// timers wake sessions. A session's time limit moves with every command and hardly
// ever passes. So to move it to a later time only notes that time, and the heap is
// put in order when the old time comes.
type timers []*session

// set makes s wake at a time. The time never takes its timer away.
func (t *timers) set(s *session, at time.Duration) {
	s.wakeAt = at
	switch {
	case s.heapIndex >= 0 && at < s.heapKey:
		s.heapKey = at
		heap.Fix(t, s.heapIndex)
	case s.heapIndex < 0 && at != never:
		s.heapKey = at
		heap.Push(t, s)
	}
}

// due returns a session whose time has come, and removes its timer; nil if there is
// none.
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

// drop removes the timer of s.
func (t *timers) drop(s *session) {
	if s.heapIndex >= 0 {
		heap.Remove(t, s.heapIndex)
	}
	s.wakeAt = never
}

// next returns the time before which due has nothing.
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
	t[i].heapIndex, t[j].heapIndex = i, j
}
func (t *timers) Push(x any) {
	s := x.(*session)
	s.heapIndex = len(*t)
	*t = append(*t, s)
}
func (t *timers) Pop() any {
	old := *t
	s := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	s.heapIndex = -1
	return s
}
