package charts

import "github.com/smtpgauge/smtpgauge/results/record"

// arrivals turn counts of arrivals since the start of the run into those of each interval.
type arrivals map[source]int64

// A source counts the arrivals of a flow.
type source struct{ flow, generator int }

// since is how many arrivals were due since the interval before. If nothing is due, there
// need not be an interval, so that all were due in this one.
func (a arrivals) since(in *record.Interval) int64 {
	key := source{in.Flow, in.Generator}
	n := max(0, in.Due-a[key])
	a[key] += n
	return n
}

// messagesEach is how many messages an arrival of the flow is; 0 if that is not known, or if
// the load is closed.
func messagesEach(h *record.FlowHeader) int64 {
	switch {
	case !h.Open:
		return 0
	case h.Unit == "messages":
		return 1
	}
	return int64(h.Messages)
}
