package watch

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// The server's own side has tiles, if somebody looks at it.
func TestServerTiles(t *testing.T) {
	if tiles := serverTiles(live.At(plan(), second(1))); len(tiles) > 0 {
		t.Errorf("%+v of a server that nobody looks at", tiles)
	}
	p, value, overflows := second(1), 0.25, int64(2)
	look := tally.ServerSample{To: sample.Instant(time.Second), CPU: 1500 * time.Millisecond, Cores: 4, Processes: 1, Memory: 5 << 20}
	p.Server = &record.ServerProgress{Last: look, SoFar: look}
	p.Server.SoFar.Memory, p.Server.SoFar.Overflows = 6<<20, &overflows
	p.Queries = []record.QueryProgress{{Name: "queued\x1b", Value: &value}, {Name: "gone", Missed: 3}}
	for range 10 {
		p.Queries = append(p.Queries, record.QueryProgress{Name: "more"})
	}
	tiles := serverTiles(live.At(plan(), p))
	for i, want := range []tile{
		{"Server CPU", "1.50 cores", "of 4; 1 process", false},
		{"Server memory", "5.00 MiB", "6.00 MiB at the most", false},
		{"Listen queue full", "2", "connections so far", true},
		{`queued\x1b`, "0.25", "a query about the server", false},
		{"gone", human.NoSamples, "3 times without an answer", true},
	} {
		if tiles[i] != want {
			t.Errorf("%+v, want %+v", tiles[i], want)
		}
	}
	if len(tiles) != 3+maxQueries {
		t.Errorf("%d tiles, and there are %d queries", len(tiles), len(p.Queries))
	}
	p.Server.Last.Processes = 0
	if tiles := serverTiles(live.At(plan(), p)); !tiles[0].Bad {
		t.Error("the server's processes are gone, and that is as good as any")
	}
}
