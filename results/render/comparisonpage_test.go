package render

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// contrast is a comparison with something in every part: what is slower, much
// slower and the same, gates that are met, missed and undecided, servers that
// differ, and foreign text.
func contrast(t *testing.T, gates ...string) *compare.Comparison {
	t.Helper()
	slower := madeup.Quiet()
	slower.Seed, slower.Slower = 2, map[string]float64{"relay": 0.03, "submit": 9}
	base, other := madeup.Quiet().ReadAnew(t), slower.ReadAnew(t)
	base.Greetings(0).Add(tally.Greeting{Banner: "mx.example.test ESMTP one", Clear: []string{"SIZE 1"}})
	other.Greetings(0).Add(tally.Greeting{Banner: "mx.example.test ESMTP " + hostile, Clear: []string{"SIZE 2"}})
	o := compare.Options{MinEffect: 0.02}
	for _, text := range append(gates, "submit.message.p99 > +5%", "errors > +0.1pp", "relay.rate < -50%", "tls.p99 > +10%") {
		g, err := criteria.ParseGate(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Gates = append(o.Gates, g)
	}
	o.Gates = append(o.Gates, criteria.Gate{Expr: "nonesuch", Metric: "nonesuch"})
	c, err := compare.Compare([]*record.Run{base}, []*record.Run{other}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func comparisonText(t *testing.T, format string, c *compare.Comparison) string {
	t.Helper()
	var b strings.Builder
	if err := Comparisons.Write(&b, format, c, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComparisonPageIsWholeAndSafe(t *testing.T) {
	page := comparisonText(t, "html", contrast(t))
	for _, bad := range []string{"<script>document.title", "<img", "<link", "@import", "url(", "src=\"", "\x1b", "\u202e"} {
		if i := strings.Index(page, bad); i >= 0 {
			t.Errorf("the page holds %q: %q", bad, page[max(0, i-60):i+60])
		}
	}
	for _, want := range []string{
		"default-src &#39;none&#39;", "relay banner differs", "submit.message.p99 &gt; &#43;5%", "missed", "undecided", "met",
		"relay message.p99", ">worse<", "a change of 2.0 % matters", "kernel", "SIZE 2", `aria-label="Gates"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestComparisonPageSaysWhatItComesTo(t *testing.T) {
	few := madeup.Quiet()
	few.Rounds = 1
	again := few
	again.Seed = 2
	slower := madeup.Quiet()
	slower.Seed, slower.Slower = 2, map[string]float64{"submit": 0.3}
	gates := func(texts ...string) (o compare.Options) {
		for _, text := range texts {
			g, err := criteria.ParseGate(text)
			if err != nil {
				t.Fatal(err)
			}
			o.Gates = append(o.Gates, g)
		}
		return o
	}
	for want, c := range map[string]*compare.Comparison{
		"PASS: nothing is shown to be worse":                    comparisons.Of(t, madeup.Quiet(), madeup.Quiet(), compare.Options{}),
		"FAILED: submit.message.p50 is worse: +":                comparisons.Of(t, madeup.Quiet(), slower, compare.Options{}),
		"UNDECIDED: too few rounds to tell: it has 1 a side; 6": comparisons.Of(t, few, again, compare.Options{}),
		"PASS: 3 gates met":                                     comparisons.Of(t, madeup.Quiet(), slower, gates("errors > +1pp", "submit.rate < -50%")),
		"FAILED: gate missed: submit.message.p50 > +5%: the":    comparisons.Of(t, madeup.Quiet(), slower, gates("submit.message.p50 > +5%", "relay.rate < -50%")),
		"UNDECIDED: gate submit.message.p50 > +5%: too few":     comparisons.Of(t, few, again, gates("submit.message.p50 > +5%")),
	} {
		v := compared.Page(c).Conclusion
		good, open := strings.HasPrefix(want, "PASS"), strings.HasPrefix(want, "UNDECIDED")
		if !strings.HasPrefix(v.Text, want) || v.Good != good || v.Open != open {
			t.Errorf("%+v, want %q", v, want)
		}
		// It is the first word and the last line of what people read.
		for _, format := range []string{"table", "markdown"} {
			text := comparisonText(t, format, c)
			lines := strings.Split(strings.TrimSpace(text), "\n")
			word, _, _ := strings.Cut(want, ":")
			if first, last := strings.Trim(lines[0], "#* "), strings.Trim(lines[len(lines)-1], "#* "); !strings.HasPrefix(first, word) || !strings.HasPrefix(last, word) {
				t.Errorf("%s: %s begins with %q and ends with %q", want, format, first, last)
			}
		}
		if text := comparisonText(t, "junit", c); !strings.Contains(text, `name="verdict" value="`+string(c.Verdict.Word)+`"`) {
			t.Errorf("%s is not in JUnit", c.Verdict.Word)
		}
	}
}
