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
	for _, side := range []struct {
		name string
		runs []*Run
	}{{"base", base}, {"new", other}} {
		for i, r := range side.runs {
			for _, reason := range r.doubts() {
				list = append(list, fmt.Sprintf("run %d of the %s side %s", i+1, side.name, reason))
			}
		}
	}
	return list
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

// doubts are what speaks against a run.
func (r *Run) doubts() []string {
	var list []string
	if v := r.Result().Verdict; !v.Valid {
		list = append(list, "is invalid: "+strings.Join(v.Reasons, "; "))
	}
	if r.Partial() {
		list = append(list, "is partial: its file has lost its end")
	}
	if r.Interrupted() {
		list = append(list, "was interrupted")
	}
	return list
}
