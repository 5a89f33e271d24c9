package charts

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// queriesOf are the answers to the queries about the server, on the clock. Where there was
// none the line has a gap.
func queriesOf(r *record.Run, start sample.Instant) []page.QueryTimeline {
	var out []page.QueryTimeline
	for _, name := range slices.Sorted(maps.Keys(r.Queries)) {
		list := r.Queries[name]
		if !slices.ContainsFunc(list, func(a tally.Answers) bool { return a.Count > 0 }) {
			continue // the table says so
		}
		begin, end, step := list[0].From, list[len(list)-1].To, time.Second
		for end.Sub(begin) > maxColumns*step {
			step *= 2
		}
		q := page.QueryTimeline{Name: name, Length: max(end.Sub(start), r.End().Sub(start)).Seconds()}
		for i := 0; i < len(list); {
			point := list[i]
			for i++; i < len(list) && point.To.Sub(point.From) < step-time.Second/4; i++ {
				point.Join(&list[i])
			}
			value := math.NaN()
			if point.Count > 0 {
				value = point.Mean()
			}
			q.At, q.Value = append(q.At, max(0, point.To.Sub(start).Seconds())), append(q.Value, value)
		}
		out = append(out, q)
	}
	return out
}
