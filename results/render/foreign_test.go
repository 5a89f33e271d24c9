package render

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// TestForeignWordsDoNoHarmInAnyFormat holds every format to one rule, whatever
// it is asked to show: nothing that does not print, and no line that a CI
// system obeys.
func TestForeignWordsDoNoHarmInAnyFormat(t *testing.T) {
	comparison := contrast(t)
	warnings := comparison.Warnings
	for first := 0; first < len(samples.ForeignTexts); first += 4 {
		text := samples.ForeignTexts[first]
		at := first
		names := map[string]string{}
		run := showcaseOf(t, text, func(flow string) string {
			if names[flow] == "" {
				names[flow] = samples.ForeignTexts[at%len(samples.ForeignTexts)] + flow
				at++
			}
			return names[flow]
		})
		run.Header.Sharding = record.Sharding{Shards: 2, Why: text}
		res := figures.Of(run)
		res.Verdict.Valid = false
		res.Verdict.Reasons, res.Verdict.Notes = samples.ForeignTexts, samples.ForeignTexts
		for _, f := range res.Flows {
			for i := range f.Errors {
				f.Errors[i].Example = samples.ForeignTexts[i%len(samples.ForeignTexts)]
			}
		}
		comparison.Base.Name, comparison.New.Name = text, text+"2"
		comparison.Warnings = append(slices.Clone(warnings), samples.ForeignTexts...)
		for i, text := range samples.ForeignTexts {
			comparison.Warnings = append(comparison.Warnings, "the server says "+text)
			comparison.Rows[i].Flow = text
		}
		for _, width := range []int{0, 30, 60, 300} {
			o := Options{Width: width, All: true}
			for _, format := range Runs.Names() {
				if width > 0 && format != "table" {
					continue
				}
				var b strings.Builder
				if err := Runs.Write(&b, format, []*record.Run{run}, o); err != nil {
					t.Errorf("%s: %v", format, err)
				}
				harmlessFormat(t, format, b.String())
			}
			for _, format := range Comparisons.Names() {
				if width > 0 && format != "table" {
					continue
				}
				var b strings.Builder
				if err := Comparisons.Write(&b, format, comparison, o); err != nil {
					t.Errorf("%s: %v", format, err)
				}
				harmlessFormat(t, "comparison's "+format, b.String())
			}
		}
	}
}

// ownMarkup matches what a page has of our own alone.
var ownMarkup = regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>`)

func harmlessFormat(t *testing.T, format, text string) {
	t.Helper()
	kind := strings.TrimPrefix(format, "comparison's ")
	switch kind {
	case "hgrm", "benchfmt":
		text = strings.ReplaceAll(text, "\t", " ") // between columns
	case "html":
		text = ownMarkup.ReplaceAllString(text, "") // our own
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if printable.Text(line) != line || printable.Start(line) != line {
			t.Errorf("%s has the line %q", format, line)
		}
		if kind == "markdown" {
			deadMarkdown(t, line)
		}
	}
	if kind == "csv" || kind == "otava" {
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
		for _, row := range rows {
			for _, c := range row {
				if c != "" && strings.ContainsRune("=@", rune(c[0])) {
					t.Errorf("%s has a formula: %s", format, c)
				}
			}
		}
	}
}

// deadMarkdown wants nothing outside of code that comes to life.
func deadMarkdown(t *testing.T, line string) {
	t.Helper()
	outside := outsideCode(line)
	for _, live := range []string{"@", "://", "www.", "#1", "GH-1", ":tada:", "$", "<", "&", "[", "`"} {
		if strings.Contains(outside, live) {
			t.Errorf("%s is alive in %s", live, line)
		}
	}
}

// outsideCode is a line without its code spans and what is escaped, read as
// CommonMark says: a span ends at as many backticks as began it.
func outsideCode(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '\\' {
			i += 2
			continue
		}
		n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		if n == 0 {
			b.WriteByte(line[i])
			i++
			continue
		}
		end := regexp.MustCompile("[^`](`{" + strconv.Itoa(n) + "})(?:[^`]|$)").FindStringSubmatchIndex(line[i+n:])
		if end == nil {
			b.WriteString(line[i : i+n])
			i += n
			continue
		}
		i += n + end[3]
		b.WriteByte(' ')
	}
	return b.String()
}

// TestForeignWordsKeepTheirCells: no text of a table's cell ends the cell, for
// readers who know that two backslashes are one, and for those who do not.
