package criteria

import "time"

// An Abort ends a run before its time, as soon as a condition on one flow holds over
// the last so long.
type Abort struct {
	When  Threshold
	Over  time.Duration // the length of the window that the condition is about
	After time.Duration // since the flow's load began, before which it is not looked at
}
