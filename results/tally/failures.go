package tally

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// A failureKey is what failures are counted by.
type failureKey struct {
	phase    sample.Phase
	class    sample.Class
	code     int
	enhanced sample.EnhancedCode
}

type countedFailure struct {
	count   int64
	example string // the first one's text
}

// MaxFailureKinds bounds how many kinds of failures a series counts by code: a hostile
// server has millions of codes. Further kinds are counted by phase and class only.
const MaxFailureKinds = 256

// Failures count the failures of a series by phase, class and code.
type Failures map[failureKey]*countedFailure

// find returns the key that a failure is counted under, and its count; nil if there is
// none yet.
func (f Failures) find(k failureKey) (failureKey, *countedFailure) {
	c := f[k]
	if c == nil && len(f) >= MaxFailureKinds {
		k.code, k.enhanced = 0, sample.EnhancedCode{}
		c = f[k]
	}
	return k, c
}

// Count counts a failure. It keeps the text of the first of a kind, and does not make
// the texts of the others.
func (f Failures) Count(failure *sample.Failure) {
	k, c := f.find(failureKey{failure.Phase, failure.Class, failure.Code, failure.Enhanced})
	if c != nil {
		c.count++
		return
	}
	f[k] = &countedFailure{1, failure.Example()}
}

// ByClass adds the failures to sums by class, without those that are expected.
func (f Failures) ByClass(sum map[sample.Class]int64, expected sample.Expectation) {
	for k, c := range f {
		if !expected.Covers(k.phase, k.class) {
			sum[k.class] += c.count
		}
	}
}

func (f Failures) add(k failureKey, n int64, example string) {
	k, c := f.find(k)
	if c == nil {
		c = &countedFailure{example: example}
		f[k] = c
	}
	c.count += n
}

// Merge adds other failures.
func (f Failures) Merge(from Failures) {
	for _, e := range from.sorted() { // sorted, so that which example stays does not vary
		f.add(e.key, e.count, e.example)
	}
}

type failureEntry struct {
	key failureKey
	countedFailure
}

// sorted returns the failures, the most frequent first.
func (f Failures) sorted() []failureEntry {
	var list []failureEntry
	for k, c := range f {
		list = append(list, failureEntry{k, *c})
	}
	slices.SortFunc(list, func(a, b failureEntry) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.key.phase, b.key.phase),
			cmp.Compare(a.key.class, b.key.class), cmp.Compare(a.key.code, b.key.code),
			slices.Compare(a.key.enhanced[:], b.key.enhanced[:]))
	})
	return list
}

// A FailureCount is how often one kind of failure came. Example is the text of the
// first.
type FailureCount struct {
	Phase    string `json:"phase"`
	Class    string `json:"class"`
	Code     int    `json:"code,omitempty"`
	Enhanced string `json:"enhanced,omitempty"`
	Count    int64  `json:"count"`
	Example  string `json:"example"`
	Expected bool   `json:"expected,omitempty"` // the scenario wants such rejections; in results only
}

// Reply is the code and the enhanced code of the server's reply: "550 5.1.1". It is "" if
// there was none.
func (c *FailureCount) Reply() string {
	if c.Code == 0 {
		return c.Enhanced
	}
	return strings.TrimSpace(strconv.Itoa(c.Code) + " " + c.Enhanced)
}

// Figures are the failures with their names, the most frequent first.
func (f Failures) Figures() []FailureCount {
	var list []FailureCount
	for _, e := range f.sorted() {
		list = append(list, FailureCount{
			Phase: e.key.phase.String(), Class: e.key.class.String(), Code: e.key.code,
			Enhanced: e.key.enhanced.String(), Count: e.count, Example: e.example,
		})
	}
	return list
}

// Read adds failures of a run file. The error says what no failure can be.
func (f Failures) Read(e FailureCount) error {
	phase, okPhase := sample.ParsePhase(e.Phase)
	class, okClass := sample.ParseClass(e.Class)
	if !okPhase || !okClass || e.Count < 0 || e.Count > histogram.MaxCount || e.Code < 0 || e.Code > 999 {
		return fmt.Errorf("error of phase %q, class %q, code %d, count %d", e.Phase, e.Class, e.Code, e.Count)
	}
	var enhanced sample.EnhancedCode
	if e.Enhanced != "" {
		if _, err := fmt.Sscanf(e.Enhanced, "%d.%d.%d", &enhanced[0], &enhanced[1], &enhanced[2]); err != nil {
			return fmt.Errorf("enhanced code %q: %w", e.Enhanced, err)
		}
	}
	f.add(failureKey{phase, class, e.Code, enhanced}, e.Count, e.Example)
	return nil
}

// AddClasses adds failures to a list by phase and class, as they are shown over time. It
// keeps no code and no example.
func AddClasses(list, more []FailureCount) []FailureCount {
	for _, e := range more {
		known := false
		for i := range list {
			if known = list[i].Class == e.Class && list[i].Phase == e.Phase; known {
				list[i].Count += e.Count
				break
			}
		}
		if !known {
			list = append(list, FailureCount{Phase: e.Phase, Class: e.Class, Count: e.Count})
		}
	}
	return list
}
