package compare_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A watchedServer is what is seen of a server in each second of a made-up run.
type watchedServer struct {
	cpu     time.Duration // for each message accepted in the second
	written int64
	length  float64 // of the queue of which a query tells
	queue   bool    // there is such a query
	share   float64 // of the run in which it is looked at
}

// run is a made-up run, whose flows are in turn or run at once, with such a server.
func (w watchedServer) run(t *testing.T, seed uint64, inTurn bool) *record.Run {
	t.Helper()
	p := madeup.Quiet()
	p.Seed, p.Together = seed, !inTurn
	r := p.ReadAnew(t)
	r.Server, r.Queries = nil, tally.Queries{}
	windows := map[record.Window]int64{}
	for s, window := range r.Windows() {
		if s.Stage == sample.Steady {
			windows[window] += r.Total(s).InWindow
		}
	}
	first, last := sample.Instant(math.MaxInt64), sample.Instant(0)
	for window := range windows {
		first, last = min(first, window.From), max(last, window.To)
	}
	last = first.Add(time.Duration(w.share * float64(last.Sub(first))))
	var all []record.Window
	for window := range windows {
		all = append(all, window)
	}
	slices.SortFunc(all, func(a, b record.Window) int { return int(a.From - b.From) })
	counted := 0.0
	for n, window := range all {
		if window.To > last {
			break
		}
		wobble := 1 + 0.004*float64(n%5)
		written := w.written * windows[window]
		r.Server.Add(&tally.ServerSample{
			From: window.From, To: window.To, Cores: 4, Processes: 3, Memory: 50e6,
			CPU: time.Duration(wobble * float64(w.cpu) * float64(windows[window])), Written: &written,
		})
		for step := range 20 * b2i(w.queue) { // so often does Prometheus look
			from := window.From.Add(time.Duration(step) * window.Length() / 20)
			to := window.From.Add(time.Duration(step+1) * window.Length() / 20)
			value := w.length * wobble
			r.Queries.Add(&tally.Answer{Query: "queue", From: from, To: to, Value: &value})
			counted += 2 * wobble * float64(windows[window]) / 20
			total := counted
			r.Queries.Add(&tally.Answer{Query: "fsyncs", From: from, To: to, Value: &total})
		}
	}
	return r
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

var looked = watchedServer{cpu: time.Millisecond, written: 4096, length: 10, queue: true, share: 1}

func compared(t *testing.T, a, b *record.Run, o compare.Options) *compare.Comparison {
	t.Helper()
	c, err := compare.Compare([]*record.Run{a}, []*record.Run{b}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the server needs for a message is compared like any other figure: of each flow, if
// the flows are in turn.
func TestServerOfFlowsInTurn(t *testing.T) {
	hungry := looked
	hungry.cpu, hungry.length = 1300*time.Microsecond, 20
	gate, err := criteria.ParseGate("server.cpu_per_message > +10%")
	if err != nil {
		t.Fatal(err)
	}
	c := compared(t, looked.run(t, 1, true), hungry.run(t, 2, true), compare.Options{Gates: []criteria.Gate{gate}})
	for _, flow := range []string{"relay", "submit"} {
		if r := comparisons.Row(t, c, flow, "server.cpu_per_message"); r.Verdict != stats.Worse || r.Unit != "ns" || math.Abs(*r.DeltaPercent-30) > 3 {
			t.Errorf("%s: CPU %+v", flow, r)
		}
		if r := comparisons.Row(t, c, flow, "server.written_per_message"); r.Verdict != stats.Same && r.Verdict != stats.NotShown || r.Base != 4096 || r.Unit != "bytes" {
			t.Errorf("%s: written %+v", flow, r)
		}
		// Nobody knows whether a longer queue is worse.
		if r := comparisons.Row(t, c, flow, "server.queue.mean"); r.Verdict != stats.Differs || math.Abs(*r.DeltaPercent-100) > 3 {
			t.Errorf("%s: query %+v", flow, r)
		}
		if r := comparisons.Row(t, c, flow, "server.fsyncs.per_message"); r.Verdict == stats.Differs || math.Abs(r.Base-2) > 0.2 {
			t.Errorf("%s: a count %+v", flow, r)
		}
	}
	for i := range c.Gates {
		if g := &c.Gates[i]; !g.Known || g.OK {
			t.Errorf("gate %+v, want it missed", g)
		}
	}
	if len(c.Gates) != 2 || c.Verdict.Word != criteria.Failed {
		t.Errorf("%d gates, %s", len(c.Gates), c.Verdict)
	}
}

// Memory is a figure of a run: its rounds are no independent samples of it.
func TestServerMemoryIsOfRuns(t *testing.T) {
	c := compared(t, looked.run(t, 1, true), looked.run(t, 2, true), compare.Options{Metrics: []string{"server.*"}})
	if r := comparisons.Row(t, c, "relay", "server.max_rss"); r.BaseRounds != 1 || r.Verdict != stats.TooFewRuns || r.Base != 50e6 {
		t.Errorf("memory of one run %+v", r)
	}
	c = compared(t, looked.run(t, 1, true), looked.run(t, 2, true), compare.Options{})
	if slices.ContainsFunc(c.Rows, func(r compare.Row) bool { return r.Metric == "server.max_rss" }) {
		t.Error("memory of one run is compared, and nobody asked for it")
	}
	var base, other []*record.Run
	for seed := range uint64(3) {
		base, other = append(base, looked.run(t, seed, false)), append(other, looked.run(t, 10+seed, false))
	}
	c, err := compare.Compare(base, other, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := comparisons.Row(t, c, compare.AllFlows, "server.max_rss"); r.BaseRounds != 3 || r.NewRounds != 3 {
		t.Errorf("memory of three runs %+v", r)
	}
}

// Of flows that run at once the server's side is of all of them.
func TestServerOfFlowsAtOnce(t *testing.T) {
	c := compared(t, looked.run(t, 1, false), looked.run(t, 2, false), compare.Options{})
	r := comparisons.Row(t, c, compare.AllFlows, "server.cpu_per_message")
	if r.BaseRounds == 0 || r.Verdict == stats.Worse || r.Base < 1e6*0.9 || r.Base > 1e6*1.1 {
		t.Errorf("CPU %+v", r)
	}
	for _, r := range c.Rows {
		if strings.HasPrefix(r.Metric, "server.") && r.Flow != compare.AllFlows {
			t.Errorf("%s of flow %s", r.Metric, r.Flow)
		}
	}
}

// What cannot be compared is said.
func TestServerThatWasNotLookedAtEnough(t *testing.T) {
	seldom := looked
	seldom.share, seldom.queue = 0, false
	never := madeup.Quiet()
	never.Seed = 2
	for _, c := range []struct {
		name string
		new  *record.Run
		want string
	}{
		{"one side", never.Read(t), "it was looked at on the base side only"},
		{"hardly", func() *record.Run {
			r := seldom.run(t, 2, true)
			r.Server.Add(&tally.ServerSample{From: 1, To: 2})
			return r
		}(), "it was looked at for too small a part of the rounds"},
	} {
		got := compared(t, looked.run(t, 1, true), c.new, compare.Options{})
		if !slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, c.want) }) {
			t.Errorf("%s: warnings %q, want %q", c.name, got.Warnings, c.want)
		}
	}
}
