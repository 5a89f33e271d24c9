package sample

import "time"

// A Report is what an engine returns of a run, beside what the Recorders took.
type Report struct {
	Started, Ended Instant
	Interrupted    bool            // drained or stopped before its end
	Deserted       bool            // that was not the user: the coordinator of its fleet fell silent
	Lost           string          // when and how the target was lost; "" if it was not
	Aborted        string          // why a condition of the scenario ended it; "" if none did. Whoever watches the run sets it
	NotLoaded      string          // why nothing was loaded; "" if something was. Whoever looked at the target sets it
	Clock          Clock           // which stamped the replies
	Steps          []time.Duration // each step of the wall clock during the run, by its size
	Shards         int             // loops that shared the load
}
