package madeup

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Pretended is a samples.Pretended that can make a run.
type Pretended samples.Pretended

// Plan returns the plan of the run.
func (p Pretended) Plan() *loadgen.Plan { return samples.Pretended(p).Plan() }

// Write makes the run and its file.
func (p Pretended) Write(tb testing.TB) (*record.Run, []byte) {
	tb.Helper()
	plan, s := p.Plan(), samples.Pretended(p)
	return Recorded(tb, Header(plan), plan, s.Length(), s.Feed)
}

// Read makes the run and reads it back. All tests get the same run, so they must not change
// it.
func (p Pretended) Read(tb testing.TB) *record.Run {
	tb.Helper()
	key := fmt.Sprint(p)
	if known, ok := pretendedRuns.Load(key); ok {
		return known.(*record.Run)
	}
	run := p.ReadAnew(tb)
	pretendedRuns.Store(key, run)
	return run
}

var pretendedRuns sync.Map // by how they were made

// ReadAnew is Read for a test that changes the run.
func (p Pretended) ReadAnew(tb testing.TB) *record.Run {
	tb.Helper()
	_, file := p.Write(tb)
	run, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// Quiet returns a run of two flows with little noise.
func Quiet() Pretended {
	return Pretended{Flows: []string{"relay", "submit"}, Rounds: 9, Seconds: 2, Messages: 30, Phases: samples.EveryPhase, Noise: 0.01, Seed: 1}
}
