package madeup

import (
	"bytes"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Header returns the header of a run that starts at samples.Epoch and has its first flow as
// baseline.
func Header(p *loadgen.Plan) record.Header {
	h := record.NewHeader(p, criteria.Criteria{Baseline: p.Flows[0].Name})
	h.Started = samples.Epoch
	return h
}

// Collect records samples.Feed on a number of shards, and returns the run and its file.
func Collect(tb testing.TB, shards int) (*record.Run, []byte) {
	tb.Helper()
	return CollectWatched(tb, shards, func(*record.Progress) {})
}

// CollectWatched is Collect, and calls watch for each interval.
func CollectWatched(tb testing.TB, shards int, watch func(*record.Progress)) (*record.Run, []byte) {
	tb.Helper()
	var file bytes.Buffer
	p, written := samples.TwoFlows(1), make(chan struct{})
	c, err := record.NewCollector(&file, Header(p), p, shards, func(i *record.Progress) {
		watch(i)
		written <- struct{}{}
	})
	if err != nil {
		tb.Fatal(err)
	}
	for n := range samples.Ticks {
		for shard := range shards {
			samples.FeedTick(c.Recorder(shard), shard, n)
		}
		<-written
	}
	run, err := c.Close(samples.Report(), generator.Usage{CPU: time.Second, MaxRSS: 1 << 20, GOMAXPROCS: 2})
	if err != nil {
		tb.Fatal(err)
	}
	return run, file.Bytes()
}

// A patient recorder waits after each tick until the collector has written the interval. In
// a real run the next second gives it that time.
type patient struct {
	sample.Recorder
	written <-chan struct{}
}

func (p patient) Tick(t sample.Tick) {
	p.Recorder.Tick(t)
	<-p.written
}

// Recorded returns what feed records on one shard, as a run and as its file. The run lasts
// until ended.
func Recorded(tb testing.TB, h record.Header, p *loadgen.Plan, ended time.Duration, feed func(sample.Recorder)) (*record.Run, []byte) {
	tb.Helper()
	var file bytes.Buffer
	written := make(chan struct{})
	c, err := record.NewCollector(&file, h, p, 1, func(*record.Progress) { written <- struct{}{} })
	if err != nil {
		tb.Fatal(err)
	}
	feed(patient{c.Recorder(0), written})
	run, err := c.Close(&sample.Report{Started: samples.At(0), Ended: samples.At(ended), Shards: 1}, generator.Usage{CPU: time.Second, GOMAXPROCS: 2})
	if err != nil {
		tb.Fatal(err)
	}
	return run, file.Bytes()
}

// Stored returns what feed records on one shard within 61 seconds, read back from its file.
// The file always has the same environment.
func Stored(tb testing.TB, h record.Header, p *loadgen.Plan, feed func(sample.Recorder)) *record.Run {
	tb.Helper()
	h.Environment = record.Environment{Host: "bench", OS: "linux", Arch: "amd64", Cores: 2, GOMAXPROCS: 2, Go: "go1.26.0", Version: "v0.1.0"}
	_, file := Recorded(tb, h, p, 61*time.Second, feed)
	run, err := record.Read(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return run
}
