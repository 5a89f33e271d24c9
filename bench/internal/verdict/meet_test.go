//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
)

// withReasons returns a circumstance whose runs have these reasons, one after the other. A run
// after the last is an error.
func withReasons(name string, wanted *regexp.Regexp, reasons ...string) circumstance {
	return circumstance{
		name: name, title: name + " runs", reason: wanted, load: fewClosed,
		run: func(_ *judge, _ context.Context, l load, n int) (*figures.Result, error) {
			if n >= len(reasons) {
				return nil, errors.New("the machine is not quiet")
			}
			r := &figures.Result{Flows: map[string]*figures.Flow{flow: {}}}
			if r.Verdict.Valid = reasons[n] == ""; !r.Verdict.Valid {
				r.Verdict.Reasons = []string{reasons[n]}
			}
			r.Generator.OwnShare = float64(l.sessions) / 100
			return r, nil
		},
	}
}

func TestMeetAll(t *testing.T) {
	var log bytes.Buffer
	j := &judge{length: time.Second, log: &log}
	rows, err := j.meetAll(t.Context(), []circumstance{
		withReasons("sound", nil, "", "generator-bound: x", ""),
		withReasons("gone", nil, ""),
		withReasons("spoiled", starved, "generator-bound: the cores were busy", "", "target lost"),
	}, 3)
	if err == nil || err.Error() != "gone: the machine is not quiet" {
		t.Errorf("error %v", err)
	}
	var got []string
	for i := range rows {
		r := &rows[i]
		got = append(got, fmt.Sprintf("%s: %d runs, %d marked, %d wrong", r.name, r.runs, r.marked, r.wrong()))
	}
	want := "sound: 3 runs, 1 marked, 1 wrong\ngone: 1 runs, 0 marked, 0 wrong\nspoiled: 3 runs, 2 marked, 2 wrong"
	if strings.Join(got, "\n") != want {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 7 || !strings.Contains(log.String(), "sound 2: 0/s, late p99 NaN µs, own 2.0 %") {
		t.Errorf("%d lines in the log, want 7:\n%s", lines, log.String())
	}
	var table bytes.Buffer
	printTable(&table, rows)
	for _, want := range []string{
		"sound runs marked: 1 of 4; spoiled runs not marked, or for another reason: 2 of 3\n",
		"sound runs: generator-bound: x\n",
		"spoiled runs: valid true, reasons \"\"\n",
		"spoiled runs: valid false, reasons \"target lost\"\n",
	} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
}

func TestMeetingEndsWhereItIsCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rows, err := (&judge{}).meetAll(ctx, []circumstance{withReasons("first", nil), withReasons("second", nil)}, 1)
	if len(rows) != 1 || err == nil {
		t.Errorf("%d circumstances after the end, error %v", len(rows), err)
	}
}

func TestLateIsInMicroseconds(t *testing.T) {
	g := &figures.Generator{Late: &figures.Distribution{P99: 1500}}
	if got := late(g); got != 1.5 {
		t.Errorf("1,500 ns are %v µs", got)
	}
}
