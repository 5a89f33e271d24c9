package metricfamily

import (
	"regexp"
	"strings"
	"testing"
)

// The names follow Prometheus' rules: the unit is in the name, and a counter ends in
// _total.
func TestNames(t *testing.T) {
	wellFormed := regexp.MustCompile(`^smtpgauge_[a-z_]+[a-z]$`)
	seen := map[string]bool{}
	for _, f := range append([]Family{RunPartial, Rate}, Live...) {
		if !wellFormed.MatchString(f.Name) || seen[f.Name] {
			t.Errorf("%s is twice, or not well formed", f.Name)
		}
		seen[f.Name] = true
		if strings.HasSuffix(f.Name, "_total") != (f.Kind == Counter) {
			t.Errorf("%s: only a counter ends in _total", f.Name)
		}
		if f.Kind == Times && !strings.HasSuffix(f.Name, "_seconds") {
			t.Errorf("%s: times are in seconds", f.Name)
		}
		if !strings.HasSuffix(f.Help, ".") || strings.ContainsAny(f.Help, "\n\\") {
			t.Errorf("%s: %q is no sentence on one line", f.Name, f.Help)
		}
	}
}

func TestWithLeavesTheFamilyAsItIs(t *testing.T) {
	further := Messages.With("clock")
	if got := len(further.Labels); got != len(Messages.Labels)+1 || further.Labels[got-1] != "clock" {
		t.Errorf("labels %q", further.Labels)
	}
	if other := Messages.With("zone"); further.Labels[2] != "clock" || other.Labels[2] != "zone" {
		t.Errorf("two families share their labels: %q and %q", further.Labels, other.Labels)
	}
}
