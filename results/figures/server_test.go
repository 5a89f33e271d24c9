package figures

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// served is a run of ten seconds in which 1000 messages were accepted from the second to
// the tenth, with a server that was looked at from and to some seconds.
func served(t *testing.T, from, to int, thresholds ...string) *record.Run {
	t.Helper()
	p := samples.TwoFlows(1)
	h := madeup.Header(p)
	for _, text := range thresholds {
		th, err := criteria.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		h.Thresholds = append(h.Thresholds, th)
	}
	r, _ := madeup.Recorded(t, h, p, 10*time.Second, func(r sample.Recorder) {
		for range 1000 {
			r.Message(samples.Closed, sample.Accepted, sample.Steady, 1, 0)
		}
		r.Window(samples.Closed, samples.At(2*time.Second), samples.At(10*time.Second))
		r.Tick(tenSeconds)
	})
	for i := from; i < to; i++ {
		written, overflows := int64(5000), int64(i%2)
		r.Server.Add(&tally.ServerSample{
			From: samples.At(time.Duration(i) * time.Second), To: samples.At(time.Duration(i+1) * time.Second), CPU: 250 * time.Millisecond, Cores: 4,
			Processes: 2, Memory: 1 << 20, Written: &written, Overflows: &overflows,
		})
	}
	return r
}

func TestServer(t *testing.T) {
	s := Of(served(t, 0, 10)).Server
	if s.CPUPerMessage == nil || *s.CPUPerMessage != 2*time.Millisecond { // 8 s, a quarter of a core, 1000 messages
		t.Fatalf("CPU a message %v, want 2 ms", s.CPUPerMessage)
	}
	if s.CPUSeconds != 2.5 || s.Cores != 0.25 || s.CoresOfMachine != 4 || *s.WrittenPerMsg != 40 || *s.Overflows != 5 || s.SwitchesPerMsg != nil {
		t.Errorf("server %+v", s)
	}
	if Of(served(t, 0, 0)).Server != nil {
		t.Error("there are figures of a server that nobody looked at")
	}
	if s := Of(served(t, 0, 5)).Server; s.CPUPerMessage != nil {
		t.Errorf("CPU a message is %v, and the server was looked at for 3 s of 8", *s.CPUPerMessage)
	}
}

func TestServerThresholds(t *testing.T) {
	for _, test := range []struct {
		expr   string
		looks  int
		ok     bool
		reason string
	}{
		{"server.cpu_per_message < 3ms", 10, true, ""},
		{"server.cpu_per_message < 2ms", 10, false, ""},
		{"server.written_per_message < 1KiB", 10, true, ""},
		{"server.max_rss <= 1MiB", 10, true, ""},
		{"server.listen_overflows < 5", 10, false, ""},
		{"server.listen_drops <= 0", 10, false, "it is not known"},
		{"server.cpu_per_message < 3ms", 4, false, "the server was looked at for 2.0 s only"},
		{"server.max_rss < 1GiB", 0, false, "nobody looked at the server"},
	} {
		got := Of(served(t, 0, test.looks, test.expr)).Thresholds[0]
		if got.OK != test.ok || got.Reason != test.reason || (got.Value == nil) != (test.reason != "") {
			t.Errorf("%s with %d looks: %+v", test.expr, test.looks, got)
		}
	}
}

// A server that takes all cores is found, but not in a moment.
func TestServerFindings(t *testing.T) {
	for _, test := range []struct {
		busy time.Duration // in each second of the server, of four cores
		to   int           // the last second looked at
		want string
	}{{3900 * time.Millisecond, 10, "server-cpu-full"}, {2 * time.Second, 10, ""}, {3900 * time.Millisecond, 4, ""}} {
		r := served(t, 0, test.to)
		for i := range r.Server {
			r.Server[i].CPU, r.Server[i].Overflows = test.busy, nil
		}
		found := ""
		for _, f := range Of(r).Findings {
			found += string(f.ID)
		}
		if found != test.want {
			t.Errorf("%v a second until %d s: found %q, want %q", test.busy, test.to, found, test.want)
		}
	}
}
