//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// mayDiffer is what follows from single seconds, which a coordinator adds up over its agents,
// and show --merge leaves apart: the most sessions that were open at once, which there is the
// sum of the most of each, and what the median second took of a processor.
var mayDiffer = regexp.MustCompile(`^(\.flows\.[^.]+\.sessions\.peak|\.generator\.(busiest|denied)_share)$`)

// compareMerged holds the coordinator's file against what is made of the agents' own: every
// count, every bucket of every histogram, and the result in JSON. differ has the paths in the
// JSON that are not the same, and may be; faults what may not.
func (p *proof) compareMerged(ctx context.Context, c *carried) (differ, faults []string, err error) {
	whole, err := readRun(c.file)
	if err != nil {
		return nil, nil, err
	}
	var own []*record.Run
	for _, file := range c.files {
		run, err := readRun(file)
		if err != nil {
			return nil, nil, err
		}
		own = append(own, run)
	}
	merged, err := record.Merge(own...)
	if err != nil {
		return nil, nil, err
	}
	faults = unlike(whole, merged)
	text, err := harness.Outcome(harness.Command(ctx, p.Ours, append([]string{"show", "--merge", "--format", "json"}, c.files...)...))
	if err != nil {
		return nil, nil, err
	}
	var a, b any
	if err := json.Unmarshal(c.json, &a); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, nil, err
	}
	for _, path := range differences("", a, b) {
		if mayDiffer.MatchString(path) {
			differ = append(differ, path)
		} else {
			faults = append(faults, fmt.Sprintf("show --merge prints another %s: %v, and the coordinator %v", path, at(b, path), at(a, path)))
		}
	}
	return differ, faults, nil
}

func readRun(name string) (*record.Run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	run, err := record.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return run, nil
}

// unlike are the series in which two runs differ.
func unlike(a, b *record.Run) []string {
	var list []string
	for flow := range a.Header.Flows {
		for round := range a.Header.Rounds {
			for _, stage := range []sample.Stage{sample.Warmup, sample.Steady} {
				s := sample.Series{Flow: flow, Round: round, Stage: stage}
				if what := unlikeTotals(a.Total(s), b.Total(s)); what != "" {
					list = append(list, fmt.Sprintf("flow %s, round %d, %v: the agents' files have other %s", a.Header.Flows[flow].Name, round+1, stage, what))
				}
				if a.Window(s) != b.Window(s) {
					list = append(list, fmt.Sprintf("flow %s, round %d, %v: the agents' files have another window", a.Header.Flows[flow].Name, round+1, stage))
				}
			}
		}
	}
	return list
}

// unlikeTotals names what two totals differ in; "" if they are the same, bit by bit.
func unlikeTotals(a, b *tally.Total) string {
	switch {
	case a == nil || b == nil:
		if a != b {
			return "samples"
		}
		return ""
	case !reflect.DeepEqual(a.Counts, b.Counts):
		return "counts"
	case a.Clamped != b.Clamped:
		return "times out of range"
	case !reflect.DeepEqual(a.Failures.Figures(), b.Failures.Figures()):
		return "errors"
	}
	for slot := range a.Hists {
		x, y := a.Hists[slot], b.Hists[slot]
		if x.Count() != y.Count() || x.Count() > 0 && x.Encode() != y.Encode() {
			return "histograms"
		}
	}
	return ""
}

// differences are the paths at which two JSON values differ, each once; [] stands for any
// place in a list.
func differences(path string, a, b any) []string {
	var list []string
	add := func(more ...string) {
		for _, one := range more {
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return []string{path}
		}
		for key := range x {
			if _, there := y[key]; !there {
				add(path + "." + key)
				continue
			}
			add(differences(path+"."+key, x[key], y[key])...)
		}
		for key := range y {
			if _, there := x[key]; !there {
				add(path + "." + key)
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return []string{path}
		}
		for i := range x {
			add(differences(path+"[]", x[i], y[i])...)
		}
	default:
		if !reflect.DeepEqual(a, b) {
			add(path)
		}
	}
	slices.Sort(list)
	return list
}

// at is what a JSON value has at a path; all of a list that is on the way.
func at(v any, path string) any {
	for key := range strings.SplitSeq(strings.TrimPrefix(path, "."), ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return v
		}
		v = object[strings.TrimSuffix(key, "[]")]
	}
	return v
}
