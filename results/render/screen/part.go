package screen

import (
	"cmp"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// The lines that the tables of a run take at most, at 100 columns: what a terminal of
// 40 lines, or 24, shows at once above the shell's prompt.
const (
	Lines   = 39
	OneFlow = 23
)

// MostEntries bounds a part of the screen before it is fitted.
const MostEntries = 20

// A Part is a section of the screen, and how it is cut short if the screen is full.
type Part struct {
	table.Section
	Noun  string // what its rows are, or its lines if it has no rows: "flow"
	Least int    // of these, how many stay
	Order []int  // of these, the most telling first; nil if they stand in that order
	Most  int    // how many are shown; 0 means MostEntries
	Spare int    // above 0 if the screen may go without the part: the one with the highest goes first
	Brief bool   // once it is cut short, the line that says so takes the place of its other lines
	shown int

	// Left says what is left out of the rows after so many; nil to say how many that are.
	Left func(shown int) string
}

// Count is how many rows, or else lines, the part has.
func (p *Part) Count() int {
	if len(p.Rows) > 0 {
		return len(p.Rows)
	}
	return len(p.Lines)
}

// cut is the part as it is shown. It says how much is not.
func (p *Part) cut() table.Section {
	s, left := p.Section, p.Count()-p.shown
	if left <= 0 {
		return s
	}
	if len(s.Rows) > 0 {
		s.Rows = chosen(s.Rows, p.Order, p.shown)
	} else {
		s.Lines = chosen(s.Lines, p.Order, p.shown)
	}
	if p.Brief && len(s.Rows) > 0 {
		s.Lines = nil
	}
	rest := human.CountOf(int64(left), "more "+p.Noun)
	if p.Left != nil {
		rest = p.Left(p.shown)
	}
	rest = "and " + rest + ": --all"
	s.Lines = append(s.Lines[:len(s.Lines):len(s.Lines)], table.Cell{Text: rest})
	return s
}

// chosen are the first n of a list, by an order if there is one.
func chosen[T any](list []T, order []int, n int) []T {
	if order == nil {
		return list[:n:n]
	}
	var few []T
	for _, i := range order[:n] {
		few = append(few, list[i])
	}
	return few
}

// whole is how many entries the part has at most on a screen.
func (p *Part) whole() int { return min(p.Count(), cmp.Or(p.Most, MostEntries)) }

// Fit cuts the parts of a report, until it is no higher than so many lines or
// nothing more can go. Then it gives back what there is room for after all: what went last
// may have taken many lines, and what went before it few.
func Fit(r table.Report, parts []*Part, lines int, o table.Terminal) table.Report {
	for _, p := range parts {
		p.shown = p.whole()
	}
	more := r.More
	cut := func() table.Report {
		r.Sections = nil
		for _, p := range parts {
			if s := p.cut(); p.shown > 0 && !s.IsEmpty() {
				r.Sections = append(r.Sections, s)
			}
		}
		r.More = with(more, parts)
		return r
	}
	fits := func() bool { return table.Height(cut(), o) <= lines }
	for !fits() && shorten(parts) {
	}
	lengthen(parts, fits)
	return cut()
}

// with is the line that says where more is, with the parts that are not shown at all.
func with(more string, parts []*Part) string {
	var gone []string
	for _, p := range parts {
		if n := p.Count(); p.shown == 0 && n > 0 && p.Noun != "" {
			gone = append(gone, human.CountOf(int64(n), p.Noun))
		}
	}
	said, where, ok := strings.Cut(more, ": ")
	if gone == nil || !ok {
		return more
	}
	return said + ", with " + strings.Join(gone, ", ") + ": " + where
}

// lengthen gives entries back to the parts, one after the other, as long as all fits. The
// parts that the screen can least go without come first. Where one entry more does not fit,
// all may: they need no line that says how many are left.
func lengthen(parts []*Part, fits func() bool) {
	order := slices.Clone(parts)
	slices.SortStableFunc(order, func(a, b *Part) int { return cmp.Compare(a.Spare, b.Spare) })
	for grown := true; grown; { // what one part gave up, such as that line, another may need
		grown = false
		for open := slices.Clone(order); len(open) > 0; {
			open = slices.DeleteFunc(open, func(p *Part) bool {
				longer := p.lengthen(fits)
				grown = grown || longer
				return !longer
			})
		}
	}
}

// lengthen shows more of a part if that fits.
func (p *Part) lengthen(fits func() bool) bool {
	before := p.shown
	for _, more := range []int{max(before+1, p.Least), p.whole()} {
		if more <= before || more > p.whole() {
			continue
		}
		if p.shown = more; fits() {
			return true
		}
		p.shown = before
	}
	return false
}

// shorten takes an entry from the longest part. If all are as short as they may be, it
// takes away the part that the screen can best go without. It is false if it needs all.
func shorten(parts []*Part) bool {
	var longest, sparest *Part
	for _, p := range parts {
		if p.shown > p.Least && (longest == nil || p.shown-p.Least > longest.shown-longest.Least) {
			longest = p
		}
		if p.shown > 0 && p.Spare > 0 && (sparest == nil || p.Spare > sparest.Spare) {
			sparest = p
		}
	}
	switch {
	case longest != nil:
		longest.shown--
	case sparest != nil:
		sparest.shown = 0
	default:
		return false
	}
	return true
}
