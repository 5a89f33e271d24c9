//go:build linux

package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

func TestLoadsAreScenarios(t *testing.T) {
	j := &judge{rate: 1234.5, length: time.Second}
	for _, c := range circumstances.All {
		file := filepath.Join(t.TempDir(), "verdict.yaml")
		if err := os.WriteFile(file, []byte(c.load(j).text("2525")), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := scenarios.Load(file, scenarios.LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		p := s.Plan()
		if open := strings.HasSuffix(c.name, "-open") || strings.HasSuffix(c.name, "-slow"); p.Flows[0].Load.Open() != open {
			t.Errorf("%s: open is %v, want %v", c.name, !open, open)
		}
	}
}

func TestEveryReasonHasToBeTheRightOne(t *testing.T) {
	find := func(name string) *circumstance {
		list, err := circumstances.Choose(name)
		if err != nil {
			t.Fatal(err)
		}
		return &list[0]
	}
	const (
		files = "generator-bound: local-limit: 3 times out of file descriptors: raise the limit (ulimit -n) or use fewer sessions"
		step  = "generator-bound: the wall clock stepped 1 times (1.00 s): the times under way are wrong"
		cores = "generator-bound: the cores were busy with something else: 0.0 free before the load"
	)
	for _, c := range []struct {
		name    string
		reasons []string
		right   bool
	}{
		{"quiet-open", nil, true},
		{"quiet-open", []string{cores}, false},
		{"busy-closed", nil, false},
		{"busy-closed", []string{cores}, true},
		{"busy-closed", []string{"target lost: gone"}, false},
		{"descriptors", []string{cores, files}, true},
		{"descriptors", []string{cores}, false},
		{"ports", []string{files}, false},
		{"clock-open", []string{step}, true},
	} {
		fault := find(c.name).fault(&figures.Validity{Valid: len(c.reasons) == 0, Reasons: c.reasons})
		if (fault == "") != c.right {
			t.Errorf("%s, %q: fault %q", c.name, c.reasons, fault)
		}
	}
	if _, err := circumstances.Choose("noise"); err == nil {
		t.Error("a circumstance that is none was chosen")
	}
}

func TestStepsAreOfEverySize(t *testing.T) {
	var forward, small, large int
	for n := range 1000 {
		step := stepSize(rand.New(rand.NewPCG(uint64(n), 0)))
		if step.Abs() < time.Millisecond || step.Abs() > time.Hour {
			t.Fatalf("step of %v", step)
		}
		if step > 0 {
			forward++
		}
		if step.Abs() < 10*time.Millisecond {
			small++
		}
		if step.Abs() > time.Minute {
			large++
		}
	}
	if forward < 400 || forward > 600 || small < 100 || large < 200 {
		t.Errorf("of 1000 steps %d go forward, %d are under 10 ms, %d over a minute", forward, small, large)
	}
}

// A fixedDriver is a Driver whose clock shows one time.
type fixedDriver struct {
	netdrive.Driver
	wall sample.Instant
	mono time.Duration
}

func (d *fixedDriver) Now() (sample.Instant, time.Duration)    { return d.wall, d.mono }
func (d *fixedDriver) Recent() (sample.Instant, time.Duration) { return d.wall, d.mono }

func TestOnlyWhatComesAfterTheStepIsShifted(t *testing.T) {
	const wall, step = sample.Instant(1e18), time.Hour
	fixed := &fixedDriver{wall: wall, mono: time.Second}
	d := &steppingDriver{fixed, time.Second, step}
	if got, mono := d.Now(); got != wall.Add(step) || mono != time.Second {
		t.Errorf("at the step: %d and %v", got, mono)
	}
	if got := d.shift(wall - 1); got != wall-1 {
		t.Errorf("a stamp from before the step was shifted by %v", got.Sub(wall-1))
	}
	fixed.mono--
	if got, _ := d.Recent(); got != wall {
		t.Errorf("before the step the clock is off by %v", got.Sub(wall))
	}
}

func TestTableCountsBothErrors(t *testing.T) {
	list, err := circumstances.Choose("quiet-closed,busy-closed")
	if err != nil {
		t.Fatal(err)
	}
	rows := []row{{circumstance: list[0]}, {circumstance: list[1]}}
	valid := &figures.Result{Verdict: figures.Verdict{Validity: figures.Validity{Valid: true}}}
	invalid := &figures.Result{Verdict: figures.Verdict{Validity: figures.Validity{Reasons: []string{"generator-bound: the cores were busy with something else"}}}}
	for i := range rows {
		rows[i].add(valid)
		rows[i].add(valid)
		rows[i].add(invalid)
	}
	var out bytes.Buffer
	printTable(&out, rows)
	if want := "sound runs marked: 1 of 3; spoiled runs not marked, or for another reason: 2 of 3\n"; !strings.Contains(out.String(), want) {
		t.Errorf("%s\nwant %s", out.String(), want)
	}
}

func TestSpread(t *testing.T) {
	if got := spread([]float64{3, 1, 2, 10}, 1); got != "2.5 (1.0–10.0)" {
		t.Error(got)
	}
	if got := spread([]float64{math.NaN(), math.NaN()}, 1); got != "–" {
		t.Error(got)
	}
}
