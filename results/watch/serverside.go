package watch

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// maxQueries bounds the queries that have a tile. The page that the run becomes has all.
const maxQueries = 6

// serverTiles are the server's own side: what its processes use, and what queries said last.
func serverTiles(s *live.Standing) []tile {
	var tiles []tile
	if s.Server != nil {
		last := &s.Server.Last
		cpu := tile{Label: "Server CPU", Value: human.NoSamples, Note: human.Plural(last.Processes, "process", "processes")}
		if length := last.Length().Seconds(); length > 0 {
			cpu.Value = human.ThreeDigits(last.CPU.Seconds()/length) + " cores"
		}
		if last.Cores > 0 {
			cpu.Note = fmt.Sprintf("of %d; %s", last.Cores, cpu.Note)
		}
		memory := tile{Label: "Server memory", Value: human.Bytes(last.Memory), Note: human.Bytes(s.Server.SoFar.Memory) + " at the most"}
		if last.Processes == 0 {
			cpu.Bad, memory.Bad = true, true
		}
		tiles = append(tiles, cpu, memory)
		if n := s.Server.SoFar.Overflows; n != nil && *n > 0 {
			tiles = append(tiles, tile{Label: "Listen queue full", Value: human.Count(*n), Note: "connections so far", Bad: true})
		}
	}
	for i := range s.Queries[:min(len(s.Queries), maxQueries)] {
		q := &s.Queries[i]
		t := tile{Label: printable.Text(q.Name), Value: human.NoSamples, Note: "a query about the server"}
		if q.Value != nil {
			t.Value = human.FigureOf(criteria.Plain, *q.Value).String()
		}
		if q.Missed > 0 {
			t.Note, t.Bad = human.Plural(int(q.Missed), "time", "times")+" without an answer", q.Value == nil
		}
		tiles = append(tiles, t)
	}
	return tiles
}
