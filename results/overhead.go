package results

import "time"

// setUpPhases are what a session goes through before its first message. The
// name's look-up is left out: it is not the server's.
var setUpPhases = []string{"connect", "tls", "banner", "ehlo", "starttls", "auth"}

// setUp is what making a session ready costs, on average: all times of all of
// its phases, over the sessions started. It is false where none was.
func (f *FlowFigures) setUp() (ns int64, ok bool) {
	sum := 0.0
	for _, name := range setUpPhases {
		if p := f.Phases[name]; p != nil && p.Service != nil {
			sum += float64(p.Service.Mean) * float64(p.Service.Count)
		}
	}
	if sum == 0 || f.Sessions.Started == 0 {
		return 0, false
	}
	return int64(sum / float64(f.Sessions.Started)), true
}

// serviceOfMessage returns a figure of a flow's service times of messages. It
// is false where there are none.
func (f *FlowFigures) serviceOfMessage(figure func(*Distribution) int64) (ns int64, ok bool) {
	if p := f.Phases["message"]; p != nil && p.Service != nil {
		return figure(p.Service), true
	}
	return 0, false
}

// overheadSection holds every flow against the baseline.
func (res *Result) overheadSection() section {
	base := res.Flows[res.Baseline]
	if base == nil {
		return section{}
	}
	s := section{title: "Overhead against " + res.Baseline}
	s.columns = append([]column{{name: "flow", left: true}, {name: "time", left: true}},
		numbers(res.Baseline, "own", "difference", "%")...)
	res.eachFlow(func(name string, f *FlowFigures) {
		if name == res.Baseline {
			return
		}
		for _, metric := range []struct {
			name string
			of   func(*FlowFigures) (int64, bool)
		}{
			{"message p50", func(f *FlowFigures) (int64, bool) {
				return f.serviceOfMessage(func(d *Distribution) int64 { return d.P50 })
			}},
			{"message mean", func(f *FlowFigures) (int64, bool) {
				return f.serviceOfMessage(func(d *Distribution) int64 { return d.Mean })
			}},
			{"session set-up", (*FlowFigures).setUp},
		} {
			was, known := metric.of(base)
			is, measured := metric.of(f)
			s.rows = append(s.rows, append(plain(name, metric.name), difference(was, is, known, measured)...))
		}
	})
	if len(s.rows) > 0 {
		s.lines = plain("Service times. Session set-up is connect, tls, banner, ehlo, starttls and auth together: the mean of a session.")
	}
	return s
}

// difference makes the cells of two times and what lies between them, as far
// as they are known.
func difference(was, is int64, known, measured bool) []cell {
	cells := plain(noSamples, noSamples, noSamples, noSamples)
	if known {
		cells[0].text = humanDuration(time.Duration(was))
	}
	if measured {
		cells[1].text = humanDuration(time.Duration(is))
	}
	if known && measured {
		cells[2].text = signed(humanDuration(time.Duration(is - was)))
		if was > 0 {
			cells[3].text = signed(humanShare(float64(is-was) / float64(was)))
		}
	}
	return cells
}
