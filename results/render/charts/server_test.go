package charts

import (
	"math"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// TestServerTimeline draws half a core as half a core, also in the part of a second that a
// run ends with, and in a run with more seconds than a chart has columns.
func TestServerTimeline(t *testing.T) {
	for _, length := range []time.Duration{time.Second / 3, 10 * time.Second, 10*time.Second + 300*time.Millisecond, 2 * time.Hour} {
		p := samples.TwoFlows(1)
		r := &record.Run{Header: madeup.Header(p)}
		start := sample.Instant(r.Header.Started.UnixNano())
		for at := time.Duration(0); at < length; at += time.Second {
			lasted := min(time.Second, length-at)
			r.Server.Add(&tally.ServerSample{From: start.Add(at), To: start.Add(at + lasted), CPU: lasted / 2, Memory: 8 << 20})
		}
		got := serverOf(r, start)
		if got == nil || len(got.At) == 0 || len(got.At) > maxColumns+1 || got.Length != length.Seconds() {
			t.Fatalf("%v: %d points, and %g s long", length, len(got.At), got.Length)
		}
		for i := range got.At {
			if math.Abs(got.Cores[i]-0.5) > 1e-6 || got.Memory[i] != 8 || i > 0 && got.At[i] <= got.At[i-1] {
				t.Fatalf("%v: point %d at %g s is %g cores and %g MiB", length, i, got.At[i], got.Cores[i], got.Memory[i])
			}
		}
	}
	if serverOf(&record.Run{}, 0) != nil {
		t.Error("a server that nobody looked at is drawn")
	}
}
