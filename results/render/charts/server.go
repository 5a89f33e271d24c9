package charts

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// serverOf is the server's own side, on the clock; nil if nobody looked at it.
func serverOf(r *record.Run, start sample.Instant) *page.ServerTimeline {
	if len(r.Server) == 0 {
		return nil
	}
	begin, end := r.Server[0].From, r.Server[len(r.Server)-1].To
	step := time.Second
	for end.Sub(begin) > maxColumns*step {
		step *= 2
	}
	out := &page.ServerTimeline{Length: max(end.Sub(start), r.End().Sub(start)).Seconds()}
	for i := 0; i < len(r.Server); {
		point := r.Server[i]
		// Looks are a second apart, or nearly. The last comes at any time: less than half a step is drawn with the one before.
		for i++; i < len(r.Server) && (point.Length() < step-time.Second/4 || i+1 == len(r.Server) && r.Server[i].Length() < step/2); i++ {
			point.Join(&r.Server[i])
		}
		if point.Length() <= 0 {
			continue
		}
		out.At = append(out.At, max(0, (point.From.Sub(start)+point.Length()/2).Seconds()))
		out.Cores = append(out.Cores, point.CPU.Seconds()/point.Length().Seconds())
		out.Memory = append(out.Memory, float64(point.Memory)/(1<<20))
	}
	if len(out.At) == 0 {
		return nil
	}
	return out
}
