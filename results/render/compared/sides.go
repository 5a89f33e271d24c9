package compared

import (
	"maps"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/targets"
)

// A comparison is one to be shown.
type comparison struct{ *compare.Comparison }

// title is what is compared, the same from one comparison to the next.
func (c comparison) title() string {
	if c.Base.Name == c.New.Name {
		return c.New.Name
	}
	return c.Base.Name + " → " + c.New.Name
}

func (c comparison) heading() string { return sideText(&c.Base) + " → " + sideText(&c.New) }

func sideText(s *compare.Side) string {
	text := s.Name + " (" + human.CountOf(int64(s.Rounds), "round")
	if s.Runs != s.Rounds {
		text += " in " + human.CountOf(int64(s.Runs), "run")
	}
	return text + ")"
}

// targets are what both sides loaded, by side if it is not the same.
func (c comparison) targets() []string {
	base, other := sideTargets(&c.Base), sideTargets(&c.New)
	if slices.Equal(base, other) {
		return base
	}
	var lines []string
	for _, l := range base {
		lines = append(lines, "base: "+l)
	}
	for _, l := range other {
		lines = append(lines, "new: "+l)
	}
	return lines
}

func sideTargets(s *compare.Side) []string {
	return targets.Lines(func(yield func(string, *figures.Target) bool) {
		for _, name := range slices.Sorted(maps.Keys(s.Target)) {
			if !yield(name, s.Target[name]) {
				return
			}
		}
	}, s.Started)
}
