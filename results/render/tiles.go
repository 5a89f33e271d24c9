package render

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// tiles are the figures that answer what a run was made for, in large. Of several flows
// they name the worst. What was not measured is left out.
func (res *document) tiles(r *record.Run) []page.Tile {
	var list []page.Tile
	if len(res.FlowOrder) == 1 {
		list = flowTiles(res.Flow(res.FlowOrder[0]))
	} else {
		list = res.worstTiles(r.Header.InTurn)
	}
	return append(list, res.sessionTile(r.Header.InTurn))
}

// flowTiles are the answer of a flow.
func flowTiles(f *figures.Flow) []page.Tile {
	var list []page.Tile
	for _, a := range answerOf(f) {
		list = append(list, page.Tile{Name: a.Name, Value: a.Value, Note: a.Note, Bad: a.Bad})
	}
	return list
}

func (res *document) worstTiles(inTurn bool) []page.Tile {
	tiles := []page.Tile{
		res.rateTile(inTurn),
		res.slowest("p50", func(d *figures.Distribution) time.Duration { return d.P50 }),
		res.slowest("p99", func(d *figures.Distribution) time.Duration { return d.P99 }),
		res.errorTile(),
	}
	return slices.DeleteFunc(tiles, func(t page.Tile) bool { return t.Value == "" })
}

// rateTile is the rate of all flows together, or between which rates they were if they had
// the server to themselves.
func (res *document) rateTile(inTurn bool) page.Tile {
	var low, high, sum float64
	n, bad := 0, false
	for _, f := range res.FlowsInOrder() {
		bad = bad || f.Messages.Accepted+f.Messages.Expected == 0
		if f.Window <= 0 {
			continue
		}
		if n == 0 {
			low = f.Rate
		}
		low, high, sum, n = min(low, f.Rate), max(high, f.Rate), sum+f.Rate, n+1
	}
	switch {
	case n == 0:
		return page.Tile{}
	case inTurn:
		return page.Tile{Name: "accepted, msg/s a flow", Value: human.Rate(low) + " to " + human.Rate(high), Bad: bad}
	}
	return page.Tile{Name: "accepted", Value: human.Rate(sum) + " msg/s", Note: "all flows together", Bad: bad}
}

// slowest is a quantile of the flow in which it is longest.
func (res *document) slowest(name string, of func(*figures.Distribution) time.Duration) page.Tile {
	var t page.Tile
	most := time.Duration(-1)
	for flow, f := range res.FlowsInOrder() {
		if d := f.Judged(); d != nil && of(d) > most {
			most = of(d)
			t = page.Tile{Name: f.Load.Judged().String() + " " + name + ", the slowest flow", Value: human.Duration(most), Note: printable.Text(flow)}
		}
	}
	return t
}

// errorTile is the share of messages that were not accepted, and the flow with most.
func (res *document) errorTile() page.Tile {
	t := page.Tile{Name: "errors"}
	attempted, lost, most, worst := int64(0), int64(0), 0.0, ""
	for flow, f := range res.FlowsInOrder() {
		attempted, lost = attempted+f.Messages.Attempted, lost+f.Messages.Unaccepted()
		if share, ok := f.Messages.ErrorShare(); ok && share > most {
			most, worst = share, flow
		}
	}
	if attempted == 0 {
		return page.Tile{}
	}
	all := float64(lost) / float64(attempted)
	t.Value, t.Bad = human.Share(all), lost > 0
	if most > all {
		t.Note = printable.Text("most in " + worst + ": " + human.Share(most))
	}
	return t
}

// sessionTile is how many sessions were open at once, those that only tried to connect
// among them.
func (res *document) sessionTile(inTurn bool) page.Tile {
	n, note := int64(0), "no server greeted them"
	for _, f := range res.FlowsInOrder() {
		if f.Phase(sample.Banner) != nil || f.Messages.Answered() > 0 {
			note = ""
		}
		if inTurn {
			n = max(n, f.Sessions.Peak)
		} else {
			n += f.Sessions.Peak
		}
	}
	return page.Tile{Name: "sessions at once, at most", Value: human.Count(n), Note: note}
}
