package sample

import (
	"time"
)

// A Report is what a run tells about itself, beside what it recorded.
type Report struct {
	Started, Ended Instant
	Interrupted    bool            // drained or stopped before its end
	Lost           string          // the target was lost: when and how; "" where it was not
	Clock          Clock           // what stamped the replies
	Steps          []time.Duration // by how much the wall clock stepped, where it did
	Shards         int
}
