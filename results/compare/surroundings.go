package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// surroundingKinds are what can make the figures of two runs differ, beside the
// server.
//
// The scenario is the first (see surroundings).
var surroundingKinds = []struct {
	name string
	of   func(*record.Run) string
}{
	{"scenario", func(r *record.Run) string { return r.Header.Name + " " + r.Header.Hash[:min(12, len(r.Header.Hash))] }},
	{"seed", func(r *record.Run) string { return strconv.FormatUint(r.Header.Seed, 10) }},
	{"host", func(r *record.Run) string { return r.Header.Environment.Host }},
	{"system", func(r *record.Run) string { return r.Header.Environment.OS + "/" + r.Header.Environment.Arch }},
	{"kernel", func(r *record.Run) string { return r.Header.Environment.Kernel }},
	{"cores", func(r *record.Run) string { return strconv.Itoa(r.Header.Environment.Cores) }},
	{"GOMAXPROCS", func(r *record.Run) string { return strconv.Itoa(r.Header.Environment.GOMAXPROCS) }},
	{"shards", func(r *record.Run) string {
		if r.Header.Sharding.Shards == 0 { // of an earlier version
			return ""
		}
		return strconv.Itoa(r.Header.Sharding.Shards)
	}},
	{"Go", func(r *record.Run) string { return r.Header.Environment.Go }},
	{"smtpgauge", func(r *record.Run) string { return r.Header.Environment.Version }},
	{"clock", func(r *record.Run) string {
		if r.Closing == nil {
			return ""
		}
		return r.Closing.Clock
	}},
}

// A Surrounding is one thing that can make figures differ, such as the kernel, with
// its values in the runs of each side.
type Surrounding struct {
	Name    string   `json:"name"`
	Base    []string `json:"base"` // the different values, sorted
	New     []string `json:"new"`
	Differs bool     `json:"differs"`

	areLines bool   // the values are lines of one text: a warning has those that differ
	fields   string // those of the scenario that differ (see fieldsThatDiffer)
}

// newSurrounding compares the values of both sides.
func newSurrounding(name string, base, other []string) Surrounding {
	return Surrounding{Name: name, Base: base, New: other, Differs: !slices.Equal(base, other)}
}

// surroundings are what the runs of two sides were made in.
func surroundings(base, other []*record.Run) []Surrounding {
	var list []Surrounding
	for _, f := range surroundingKinds {
		list = append(list, newSurrounding(f.name, knownValues(base, f.of), knownValues(other, f.of)))
	}
	if scenario := &list[0]; scenario.Differs {
		scenario.fields = fieldsThatDiffer(base[0].Header.Scenario, other[0].Header.Scenario)
	}
	return list
}

// warning says what differs.
func (s *Surrounding) warning() string {
	if s.areLines {
		var parts []string
		for _, side := range []struct {
			name       string
			own, other []string
		}{{"base", s.Base, s.New}, {"new", s.New, s.Base}} {
			if only := without(side.own, side.other); len(only) > 0 {
				parts = append(parts, fmt.Sprintf("%s on the %s side only", strings.Join(only, ", "), side.name))
			}
		}
		return fmt.Sprintf("%s differs: %s", s.Name, strings.Join(parts, "; "))
	}
	text := fmt.Sprintf("%s differs: %s on the base side, %s on the new", s.Name, strings.Join(s.Base, ", "), strings.Join(s.New, ", "))
	if s.fields != "" {
		text += ": " + s.fields
	}
	return text
}

// without are the values that are not among others.
func without(values, others []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(others, v) })
}

// warnings are about the surroundings that differ.
func warnings(list []Surrounding) []string {
	var texts []string
	for i := range list {
		if list[i].Differs {
			texts = append(texts, list[i].warning())
		}
	}
	return texts
}

// knownValues are the different values of a side, as far as they are known.
func knownValues(runs []*record.Run, of func(*record.Run) string) []string {
	var list []string
	for _, r := range runs {
		if v := of(r); v != "" {
			list = append(list, v)
		}
	}
	return distinct(list)
}

// distinct sorts values, and keeps each once.
func distinct(list []string) []string {
	slices.Sort(list)
	if list = slices.Compact(list); len(list) == 0 {
		return []string{"unknown"}
	}
	return list
}

// doubtsAbout are warnings about runs of a side that failed, are invalid or were cut short.
func doubtsAbout(side string, runs []*record.Run) []string {
	reasons := map[string][]string{}
	for _, r := range runs {
		if v := figures.Of(r).Verdict; !v.Valid {
			is := "invalid"
			if v.Word == criteria.Failed {
				is = "failed"
			}
			reasons[is] = append(reasons[is], strings.Join(v.Why(), "; "))
		}
		switch {
		case r.Interrupted():
			reasons["interrupted"] = append(reasons["interrupted"], "its user ended it early")
		case r.Deserted():
			reasons["interrupted"] = append(reasons["interrupted"], "its coordinator fell silent")
		}
	}
	var list []string
	for _, is := range []string{"failed", "invalid", "interrupted"} {
		if n := len(reasons[is]); n > 0 {
			list = append(list, fmt.Sprintf("%s side: %s of %s %s, the first because: %s", side, human.Count(int64(n)), human.CountOf(int64(len(runs)), "run"), is, reasons[is][0]))
		}
	}
	return list
}
