//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// judgeOf returns a judge that runs a script in place of smtpgauge.
func judgeOf(t *testing.T, script string) *judge {
	t.Helper()
	ours := filepath.Join(t.TempDir(), "ours")
	if err := os.WriteFile(ours, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := harness.Open(t.Context(), "verdict", ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return &judge{Bench: h, length: time.Second}
}

func TestFewDescriptors(t *testing.T) {
	j := judgeOf(t, `printf '{"clock": "%s", "flows": {"judged": {}}}' "$(ulimit -Hn)"; exit 1`)
	r, err := fewDescriptors(j, t.Context(), manyClosed(j), 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.Clock != "40" {
		t.Errorf("it has %s descriptors, want 40", r.Clock)
	}
}

func TestRateIsHalfOfWhatWasReached(t *testing.T) {
	j := judgeOf(t, `echo '{"flows": {"judged": {"messages_per_second": 5000}}}'`)
	if err := j.findRate(t.Context()); err != nil || j.rate != 2500 {
		t.Errorf("%v a second, %v; want 2500", j.rate, err)
	}
}

func TestNoRateOfNothing(t *testing.T) {
	for script, want := range map[string]string{
		`echo '{"flows": {"judged": {}}}'`: "no message was accepted",
		`echo '{"flows": {"other": {}}}'`:  "has no flow judged",
		`echo '{'`:                         "result of smtpgauge",
		`echo why >&2; exit 2`:             "why",
	} {
		if err := judgeOf(t, script).findRate(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
	}
}
