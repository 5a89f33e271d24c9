package watch

import (
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
)

// A state is how a run stands, in the words that the page shows.
type state struct {
	Name    string   `json:"name"`
	Targets []string `json:"targets"`
	Clock   string   `json:"clock"`
	Place   string   `json:"place"` // the turn, the round, the stage
	Done    figure   `json:"done"`  // 0 to 1
	Tiles   []tile   `json:"tiles"`
	Flows   []row    `json:"flows"`
	Errors  []class  `json:"errors"`
	Agents  []agent  `json:"agents"` // of a fleet
	Brief   string   `json:"brief"`  // how they stand, in a line
	Rest    string   `json:"rest"`   // of the agents, if not all have a row
}

// A tile is a figure with its name and what is to be known about it.
type tile struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Note  string `json:"note"`
	Bad   bool   `json:"bad"`
}

// A row is how a flow stands.
type row struct {
	Name     string `json:"name"`
	State    string `json:"state"` // underway, waiting or done
	Note     string `json:"note"`  // its state and stage
	OpenLoad bool   `json:"open_load"`
	Accepted string `json:"accepted"`
	Offered  string `json:"offered"`
	P50      string `json:"p50"`
	P99      string `json:"p99"`
	Open     string `json:"open"`
	Errors   string `json:"errors"`
	Bad      bool   `json:"bad"`
}

// A class is how many errors of it there are so far.
type class struct {
	Class string `json:"class"`
	Count string `json:"count"`
}

func stateOf(s *live.Standing) state {
	out := state{Name: printable.Text(s.Name), Clock: s.Clock(), Done: figure(s.Remains.Done), Errors: []class{}, Agents: []agent{}}
	var place []string
	for _, part := range []string{s.Turn, s.RoundText(), s.StageText(), s.AgentsText()} {
		if part != "" {
			place = append(place, part)
		}
	}
	out.Place = strings.Join(place, ", ")
	out.Tiles = tilesOf(s)
	for i := range s.Flows {
		out.Flows = append(out.Flows, rowOf(&s.Flows[i], !s.SharesStage()))
	}
	for _, e := range live.ErrorsOf(s.Flows) {
		out.Errors = append(out.Errors, class{e.Class, human.Count(e.Count)})
	}
	return out
}

func rowOf(f *live.Flow, staged bool) row {
	r := row{
		Name: printable.Text(f.Name), State: "underway", OpenLoad: f.OffersNumber, Accepted: human.Rate(f.Accepted), Offered: human.NoSamples,
		P50: human.NoSamples, P99: human.NoSamples, Open: human.Count(int64(f.Open)), Errors: "no errors", Bad: len(f.Errors) > 0,
	}
	if f.OffersNumber {
		r.Offered = human.Rate(f.Offered)
	}
	switch {
	case f.State == live.Waiting:
		r.State, r.Note, r.Accepted, r.Offered = "waiting", "waiting", human.NoSamples, human.NoSamples
		r.Errors = "" // nothing is known of them yet
	case f.State == live.Done:
		r.State, r.Note, r.Accepted, r.Offered = "done", "done", human.NoSamples, human.NoSamples
	case staged:
		r.Note = f.Stage.String()
	}
	if f.Measured {
		r.P50, r.P99 = human.Duration(f.P50), human.Duration(f.P99)
	}
	if len(f.Errors) > 0 {
		r.Errors = live.ErrorText(f.Errors)
	}
	return r
}

// tilesOf are the figures that answer how it goes.
func tilesOf(s *live.Standing) []tile {
	var accepted, offered float64
	var total int64
	offers := false
	slowest := -1
	for i := range s.Flows {
		f := &s.Flows[i]
		accepted, total = accepted+f.Accepted, total+f.Total
		if f.OffersNumber && f.State == live.UnderWay {
			offered, offers = offered+f.Offered, true
		}
		if f.Measured && (f.State == live.UnderWay || s.Over()) && (slowest < 0 || f.P99 > s.Flows[slowest].P99) {
			slowest = i
		}
	}
	rate := tile{Label: "Accepted", Value: human.Rate(accepted) + "/s", Note: human.CountOf(total, "message") + " so far"}
	if offers {
		rate.Note = "offered at " + human.Rate(offered) + "/s; " + rate.Note
	}
	if s.Over() { // the rate of the last part of a second says nothing
		rate.Value, rate.Note = human.Count(total), "messages in all, without the warm-up"
	}
	tiles := []tile{rate}
	p50, p99 := tile{Label: "Message p50", Value: human.NoSamples}, tile{Label: "Message p99", Value: human.NoSamples}
	if slowest >= 0 {
		f := &s.Flows[slowest]
		p50.Value, p99.Value = human.Duration(f.P50), human.Duration(f.P99)
		p50.Note = "service time so far"
		if f.OpenLoad {
			p50.Note = "response time so far"
		}
		if len(s.Flows) > 1 {
			p50.Note += ", " + printable.Text(f.Name)
		}
		p99.Note = p50.Note
	}
	errors := tile{Label: "Errors", Value: "0", Note: "so far"}
	if sum := live.ErrorsOf(s.Flows); len(sum) > 0 {
		var n int64
		for _, e := range sum {
			n += e.Count
		}
		errors = tile{Label: "Errors", Value: human.Count(n), Note: fmt.Sprintf("so far, most often %s", sum[0].Class), Bad: true}
	}
	tiles = append(tiles, p50, p99, errors, tile{Label: "Sessions", Value: human.Count(int64(s.Open())), Note: "open now"})
	return append(tiles, serverTiles(s)...)
}
