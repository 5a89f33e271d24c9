package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// errorSection lists what failed, by flow, and below that what was rejected as expected.
func (res *document) errorSection() table.Section {
	s := table.Section{ID: errorsID, Title: "Errors", Columns: []table.Column{
		{Name: "#"}, {Name: "flow", Left: true}, {Name: "phase", Left: true}, {Name: "class", Left: true},
		{Name: "code"}, {Name: "enhanced", Left: true}, {Name: "count"},
		{Name: "example", Left: true, Code: true, Apart: "Examples", Wrap: 40},
	}}
	var expected [][]table.Cell
	for flow, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			code := human.NoSamples
			if e.Code != 0 {
				code = strconv.Itoa(e.Code)
			}
			enhanced := e.Enhanced
			if enhanced == "" {
				enhanced = human.NoSamples
			}
			row := table.Plain("", flow, e.Phase, e.Class, code, enhanced, human.Count(e.Count), e.Example)
			if row[3].Bad = !e.Expected; e.Expected {
				row[3].Text += ", expected"
				expected = append(expected, row)
				continue
			}
			s.Rows = append(s.Rows, row)
		}
	}
	if len(s.Rows) == 0 {
		s.Title = expectedTitle
	}
	s.Rows = append(s.Rows, expected...)
	for i := range s.Rows {
		s.Rows[i][0].Text = strconv.Itoa(i + 1)
	}
	return s
}

// An errorKind is what failed in the same way in one flow or several.
type errorKind struct {
	tally.FailureCount // of all flows together, with the example of the first
	flows              []string
}

// errorKinds are the kinds of error in all flows, the most frequent first, and after them
// those of what was rejected as expected.
func (res *document) errorKinds() []*errorKind {
	type key struct {
		phase, class, code string
		expected           bool
	}
	known := map[key]*errorKind{}
	var list []*errorKind
	for flow, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			k := key{e.Phase, e.Class, e.Reply(), e.Expected}
			kind := known[k]
			if kind == nil {
				kind = &errorKind{FailureCount: e}
				kind.Count = 0
				known[k] = kind
				list = append(list, kind)
			}
			kind.Count += e.Count
			kind.flows = append(kind.flows, flow)
		}
	}
	slices.SortStableFunc(list, func(a, b *errorKind) int {
		switch {
		case a.Expected == b.Expected:
			return cmp.Compare(b.Count, a.Count)
		case a.Expected:
			return 1
		}
		return -1
	})
	return list
}

// text is a kind in one sentence, with what the server said.
func (k *errorKind) text(flows int) string {
	where := ""
	switch n := len(k.flows); {
	case flows == 1:
	case n == flows:
		where = " in all flows"
	case n > 2:
		where = fmt.Sprintf(" in %d flows", n)
	default:
		where = " in " + strings.Join(k.flows, " and ")
	}
	said := k.Example
	if code := k.Reply(); code != "" && !strings.HasPrefix(said, code) {
		said = code + " " + said
	}
	expected := ""
	if k.Expected {
		expected = ", as expected"
	}
	text := fmt.Sprintf("%s %s at %s%s%s", human.Count(k.Count), k.Class, k.Phase, where, expected)
	if said == "" {
		return text
	}
	return text + ": " + said
}

// expectedTitle stands above errors that the scenario wants, if there are no others.
const expectedTitle = "Rejected as expected"

// mostKinds is how many kinds of error the screen has at most.
const mostKinds = 5

// errorPart has the most frequent kinds of error, with what the server said in full.
func (res *document) errorPart() *screen.Part {
	p := &screen.Part{Noun: "kind"}
	p.Section = table.Section{ID: errorsID, Title: "Errors"}
	kinds := res.errorKinds()
	if len(kinds) > 0 && kinds[0].Expected {
		p.Title = expectedTitle // and nothing else
	}
	for _, k := range kinds {
		p.Say(k.text(len(res.FlowOrder)))
	}
	p.Least, p.Most = min(1, p.Count()), mostKinds
	return p
}
