package results

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// withHeader is a whole run file under a header that is not its own.
func withHeader(t *testing.T, change func(*Header)) string {
	t.Helper()
	_, file := collect(t, 1, nil)
	h := testHeader(twoFlows(1))
	change(&h)
	first, err := json.Marshal(newHeaderLine(&h))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(file), "\n")
	return string(first) + "\n" + rest
}

// What a hostile header asks for is not done: neither a figure there is no
// place for, nor work without end.
func TestHostileHeadersAreRefused(t *testing.T) {
	threshold := func(m loadgen.Metric, op string) func(*Header) {
		return func(h *Header) {
			h.Thresholds = []loadgen.Threshold{{Expr: "open.x < 1", Flow: "open", Metric: m, Op: op}}
		}
	}
	for name, c := range map[string]struct {
		change func(*Header)
		want   string
	}{
		"kind":     {threshold(loadgen.Metric{Kind: 200}, "<"), `line 1: threshold "open.x < 1"`},
		"outcome":  {threshold(loadgen.Metric{Kind: loadgen.Count, Outcome: 200}, "<"), `line 1: threshold "open.x < 1"`},
		"phase":    {threshold(loadgen.Metric{Phase: 200}, "<"), `line 1: threshold "open.x < 1"`},
		"part":     {threshold(loadgen.Metric{Phase: smtpwire.SpanSession, Part: 200}, "<"), `line 1: threshold "open.x < 1"`},
		"quantile": {threshold(loadgen.Metric{Q: -1}, "<"), `line 1: threshold "open.x < 1"`},
		"op":       {threshold(loadgen.Metric{}, "="), `line 1: threshold "open.x < 1"`},
		"work": {func(h *Header) {
			h.Rounds = maxRounds
			for i := range 20 {
				h.Flows = append(h.Flows, FlowHeader{Name: fmt.Sprint(i)})
			}
		}, "line 1: 22 flows and 0 thresholds in 100000 rounds"},
	} {
		if _, err := Read(strings.NewReader(withHeader(t, c.change))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	good := withHeader(t, threshold(loadgen.Metric{Phase: smtpwire.SpanSession, Part: loadgen.Lag, Q: 1}, ">="))
	if _, err := Read(strings.NewReader(good)); err != nil {
		t.Errorf("a threshold of the last phase and part: %v", err)
	}
}

// Numbers of an interval that add up to no number would be in every figure.
func TestHostileIntervalsAreRefused(t *testing.T) {
	_, file := collect(t, 1, nil)
	for _, c := range []struct{ old, new, want string }{
		{`"busy":0.25`, `"busy":1e308`, "busy for 1e+308"},
		{`"busy":0.25`, `"busy":-1`, "busy for -1"},
		{`"waited":0.05`, `"waited":1e308`, "waiting for 1e+308"},
		{fmt.Sprintf(`"from":%d`, at(0)), `"from":-9223372036854775808`, "from -9223372036854775808"},
	} {
		hostile := strings.Replace(string(file), c.old, c.new, 1)
		if hostile == string(file) {
			t.Fatalf("the file has no %s", c.old)
		}
		if _, err := Read(strings.NewReader(hostile)); err == nil || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q of line 2", c.new, err, c.want)
		}
	}
}

// A run whose file could not be read is not begun.
func TestUnreadableRunIsNotBegun(t *testing.T) {
	p := twoFlows(maxRounds + 1)
	if _, err := NewCollector(io.Discard, testHeader(p), p, 1, nil); err == nil || !strings.Contains(err.Error(), "100001 rounds") {
		t.Errorf("error %v, want one that tells the rounds", err)
	}
}

// Generators that ran one after the other loaded the server in their windows,
// not in between.
func TestMergedWindowsAreAUnion(t *testing.T) {
	later := func(d time.Duration) *Run {
		r, _ := collect(t, 1, nil)
		for s, w := range r.windows {
			r.windows[s] = window{w.from.Add(d), w.to.Add(d)}
		}
		return r
	}
	for _, c := range []struct {
		starts []time.Duration
		rate   float64 // of 20 messages in 2 s from each run
	}{
		{[]time.Duration{0, 0}, 20},
		{[]time.Duration{0, time.Second}, 40. / 3},
		{[]time.Duration{0, time.Hour}, 10},
		{[]time.Duration{time.Hour, 0, 2 * time.Hour}, 10},
		{[]time.Duration{0, 4 * time.Second, time.Second, 5 * time.Second}, 80. / 6},
	} {
		var runs []*Run
		for _, d := range c.starts {
			runs = append(runs, later(d))
		}
		sum, err := Merge(runs...)
		if err != nil {
			t.Fatal(err)
		}
		res := sum.Result()
		if got := res.Flows["closed"].Rate; got < c.rate-1e-9 || got > c.rate+1e-9 {
			t.Errorf("runs begun at %v: rate %v, want %v", c.starts, got, c.rate)
		}
		apart := c.starts[len(c.starts)-1] > 2*time.Second
		if noted := strings.Contains(strings.Join(res.Verdict.Notes, "\n"), "did not overlap"); noted != apart {
			t.Errorf("runs begun at %v: notes %q", c.starts, res.Verdict.Notes)
		}
		again, err := Merge(sum, later(3*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(runs); again.steady(0) != sum.steady(0)+2*time.Second {
			t.Errorf("%d merged runs and one more: a window of %v after %v", n, again.steady(0), sum.steady(0))
		}
	}
}

// stuckDisk takes the header, and then nothing until it is freed.
type stuckDisk struct {
	header bool
	freed  chan struct{}
}

func (d *stuckDisk) Write(p []byte) (int, error) {
	if d.header {
		<-d.freed
	}
	d.header = true
	return len(p), nil
}

// Tick is on the timed path: a disk that hangs must not hold it up. Were it
// to, the bubble would be a deadlock.
func TestTickNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &stuckDisk{freed: make(chan struct{})}
		p := twoFlows(1)
		c, err := NewCollector(disk, testHeader(p), p, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := c.Recorder(0)
		const seconds = 50
		for n := range seconds {
			r.Message(closed, smtpwire.Accepted, loadgen.Steady, 1, 0)
			to := time.Duration(n+1) * time.Second
			r.Tick(loadgen.Tick{From: at(to - time.Second), To: at(to), Open: []int{0, 0}, Peak: []int{0, 0},
				Due: []int64{0, 0}, Begun: []int64{0, 0}, Last: n == seconds-1})
			synctest.Wait() // the collector has got as far as it can
		}
		close(disk.freed)
		run, err := c.Close(testReport(), Generator{})
		if err != nil {
			t.Fatal(err)
		}
		if got := run.Result().Flows["closed"].Messages.Accepted; got != seconds {
			t.Errorf("%d messages, want %d: none is lost to a slow disk", got, seconds)
		}
	})
}
