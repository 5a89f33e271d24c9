package page

import "math"

// DrawsRate tells whether there is a rate to draw, accepted or offered.
func (t *Timeline) DrawsRate() bool {
	return t.any(func(f *FlowTimeline) []Values { return []Values{f.Rate, f.Offered} })
}

// DrawsLatency tells whether there are times to draw.
func (t *Timeline) DrawsLatency() bool {
	return t.any(func(f *FlowTimeline) []Values { return []Values{f.P50} })
}

// DrawsOpen tells whether any session was open.
func (t *Timeline) DrawsOpen() bool {
	return t.any(func(f *FlowTimeline) []Values { return []Values{f.Open} })
}

// Offers tells whether any flow has an offered rate.
func (t *Timeline) Offers() bool {
	return t.any(func(f *FlowTimeline) []Values { return []Values{f.Offered} })
}

// any tells whether a series of any flow has a value above zero.
func (t *Timeline) any(of func(*FlowTimeline) []Values) bool {
	for i := range t.Flows {
		for _, list := range of(&t.Flows[i]) {
			for _, v := range list {
				if v > 0 && !math.IsNaN(v) {
					return true
				}
			}
		}
	}
	return false
}

// Undrawn says which charts are left out, and why.
func (t *Timeline) Undrawn() string {
	switch {
	case !t.DrawsRate() && !t.DrawsLatency() && !t.DrawsOpen():
		return "No message was accepted and no session stayed open, so there is no rate, no latency and no open session to draw."
	case !t.DrawsRate() && !t.DrawsLatency():
		return "No message was accepted, so there is no rate and no latency to draw."
	case !t.DrawsLatency():
		return "No message was accepted, so there is no latency to draw."
	}
	return ""
}
