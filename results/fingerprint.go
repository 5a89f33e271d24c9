package results

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fingerprints are what of a run's surroundings can make its figures differ.
var fingerprints = []struct {
	name string
	of   func(*Run) string
}{
	{"scenario", func(r *Run) string { return r.Header.Name + " " + r.Header.Hash[:min(12, len(r.Header.Hash))] }},
	{"seed", func(r *Run) string { return strconv.FormatUint(r.Header.Seed, 10) }},
	{"host", func(r *Run) string { return r.Header.Environment.Host }},
	{"system", func(r *Run) string { return r.Header.Environment.OS + "/" + r.Header.Environment.Arch }},
	{"kernel", func(r *Run) string { return r.Header.Environment.Kernel }},
	{"cores", func(r *Run) string { return strconv.Itoa(r.Header.Environment.Cores) }},
	{"GOMAXPROCS", func(r *Run) string { return strconv.Itoa(r.Header.Environment.GOMAXPROCS) }},
	{"Go", func(r *Run) string { return r.Header.Environment.Go }},
	{"smtpgauge", func(r *Run) string { return r.Header.Environment.Version }},
	{"clock", func(r *Run) string {
		if r.Closing == nil {
			return ""
		}
		return r.Closing.Clock
	}},
}

// differences says where the surroundings of two sides are not the same, and
// which runs are not to be relied on.
func differences(base, other []*Run) []string {
	var list []string
	for _, f := range fingerprints {
		if b, n := seen(base, f.of), seen(other, f.of); !slices.Equal(b, n) {
			list = append(list, fmt.Sprintf("%s differs: %s on the base side, %s on the new", f.name, strings.Join(b, ", "), strings.Join(n, ", ")))
		}
	}
	list = append(list, doubts("base", base)...)
	return append(list, doubts("new", other)...)
}

// seen are the different values of a side, those that are known.
func seen(runs []*Run, of func(*Run) string) []string {
	var list []string
	for _, r := range runs {
		if v := of(r); v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	if len(list) == 0 {
		return []string{"unknown"}
	}
	return list
}

// doubts are what speaks against the runs of a side.
func doubts(side string, runs []*Run) []string {
	var list []string
	for _, doubt := range []struct {
		is string
		of func(*Run) (why string, doubtful bool)
	}{
		{"invalid", func(r *Run) (string, bool) {
			v := r.Result().Verdict
			return strings.Join(v.Reasons, "; "), !v.Valid
		}},
		{"partial", func(r *Run) (string, bool) { return "its file has lost its end", r.Partial() }},
		{"interrupted", func(r *Run) (string, bool) { return "it was ended before its time", r.Interrupted() }},
	} {
		n, first := 0, ""
		for _, r := range runs {
			why, doubtful := doubt.of(r)
			if !doubtful {
				continue
			}
			if n++; n == 1 {
				first = why
			}
		}
		if n > 0 {
			list = append(list, fmt.Sprintf("%s side: %s of %s %s, the first because: %s", side, humanCount(int64(n)), countOf(int64(len(runs)), "run"), doubt.is, first))
		}
	}
	return list
}
