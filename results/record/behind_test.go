package record

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// stuckDisk takes the header, and then nothing until it is freed.
type stuckDisk struct {
	bytes.Buffer
	header bool
	freed  chan struct{}
}

func (d *stuckDisk) Write(p []byte) (int, error) {
	if d.header {
		<-d.freed
	}
	d.header = true
	return d.Buffer.Write(p)
}

// Tick is on the timed path: a disk that hangs must not hold it up, nor make
// memory of each second. Were Tick to block, the bubble would be a deadlock.
func TestHangingDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &stuckDisk{freed: make(chan struct{})}
		p := twoFlows(1)
		c, err := NewCollector(disk, testHeader(p), p, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := c.recorders[0]
		const seconds = 50
		batches := map[*batch]bool{}
		for n := range seconds {
			r.Message(closed, sample.Accepted, sample.Steady, 1, 0)
			r.Service(closed, sample.SpanMessage, time.Millisecond)
			to := time.Duration(n+1) * time.Second
			r.Tick(sample.Tick{From: at(to - time.Second), To: at(to), Busy: time.Second / 4, Open: []int{2, 0}, Peak: []int{2 + n%5, 0},
				Due: []int64{0, 0}, Begun: []int64{0, 0}, Last: n == seconds-1})
			batches[r.current] = true
			synctest.Wait() // the collector has got as far as it can
		}
		close(disk.freed)
		run, err := c.Close(samples.Report(), generator.Usage{})
		if err != nil {
			t.Fatal(err)
		}
		times, peak := run.Histogram("closed", sample.SpanMessage, sample.Service).Count(), run.LastGauge(0).Peak
		if accepted(run, 0) != seconds || times != seconds || peak != 6 {
			t.Errorf("%d messages, %d times, a peak of %d sessions, want %d, as many and 6: none is lost to a slow disk",
				accepted(run, 0), times, peak, seconds)
		}
		if len(batches) > 3 {
			t.Errorf("%d batches, want one that is written, one that waits and one that is filled", len(batches))
		}
		if run.Closing.Behind != 49*time.Second {
			t.Errorf("%v behind", run.Closing.Behind)
		}
		read, err := Read(bytes.NewReader(disk.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := contents(run), contents(read); a != b {
			t.Errorf("the run said\n%s\nits file says\n%s", a, b)
		}
		end, accepted := at(0), int64(0)
		for _, i := range read.Intervals {
			if i.From != end {
				t.Errorf("an interval begins at %v, where the one before it ended at %v", i.From, end)
			}
			end, accepted = i.To, accepted+i.Accepted
			if i.Busy != 0.25 || i.Open != 2 {
				t.Errorf("an interval is busy for %v and has %d sessions, want 0.25 and 2", i.Busy, i.Open)
			}
		}
		if end != at(seconds*time.Second) || len(read.Intervals) != 3 {
			t.Errorf("%d intervals up to %v", len(read.Intervals), end)
		}
	})
}

// A run whose file keeps up says nothing of it.
func TestNotBehind(t *testing.T) {
	run, _ := collect(t, 1, nil)
	if run.Closing.Behind >= 2*time.Second {
		t.Errorf("%v behind", run.Closing.Behind)
	}
}

// The seconds of a shard wait for the others, but not without bound.
func TestFramesThatWaitAreBounded(t *testing.T) {
	c := &Collector{folder: newFolder(io.Discard, testHeader(twoFlows(1)))}
	for n := range int64(3 * maxPending) {
		c.frame(n, n+1)
		if len(c.pending) > maxPending {
			t.Fatalf("%d frames wait", len(c.pending))
		}
	}
	if last := c.pending[len(c.pending)-1].number; last != 3*maxPending {
		t.Errorf("the last frame is of second %d, want %d", last, 3*maxPending)
	}
}

// No two intervals are of the same time, however the shards' ticks fall.
func TestShardThatLags(t *testing.T) {
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	tick := func(shard, from, to int, last bool) {
		r := patient{c.recorders[shard]}
		r.Message(closed, sample.Accepted, sample.Steady, 1, 0)
		r.Tick(sample.Tick{Shard: shard, From: at(time.Duration(from) * time.Second), To: at(time.Duration(to) * time.Second),
			Open: []int{1, 0}, Peak: []int{1, 0}, Due: []int64{0, int64(to)}, Begun: []int64{0, int64(to)}, Last: last})
	}
	const seconds = 3 * maxPending
	tick(1, 0, 1, false)
	for n := range seconds {
		tick(0, n, n+1, false)
	}
	tick(1, 1, 4, false)
	tick(1, 4, 5, false)
	tick(1, 5, seconds, true)
	tick(0, seconds, seconds+1, true)
	run, err := c.Close(samples.Report(), generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	if n, peak := accepted(run, 0), run.LastGauge(0).Peak; n != 4+seconds+1 || peak != 2 {
		t.Errorf("%d messages and %d sessions", n, peak)
	}
	read, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var ends []int64
	for i := range read.Intervals {
		in := &read.Intervals[i]
		if i > 0 && in.From != read.Intervals[i-1].To {
			t.Errorf("interval %d begins at %v, the one before it ends at %v", i, in.From, read.Intervals[i-1].To)
		}
		ends = append(ends, in.Number)
	}
	if want := []int64{1, 4, 5, seconds + 2}; !slices.Equal(ends, want) {
		t.Errorf("intervals end with seconds %v, want %v", ends, want)
	}
}
