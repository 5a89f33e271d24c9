package table

import (
	"regexp"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/internal/printable"
)

func TestForeignWordsStayDeadInMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"plain words, 12.5 % (+8.2 to +17.1 %), 5.1.1 → 42 µs": "plain words, 12.5 % (+8.2 to +17.1 %), 5.1.1 → 42 µs",
		"2026-11-21 10:00:00 UTC":                              "2026-11-21 10:00:00 UTC",
		"relay-25 submit-587-new, 3 rounds: msg/s":             "relay-25 submit-587-new, 3 rounds: msg/s",
		"ask @octo-org/admins, now":                            "ask `@octo-org/admins`, now",
		"(see https://evil.invalid/) or www.evil.invalid":      "(see `https://evil.invalid/`) or `www.evil.invalid`",
		"as of #1, !2, GH-3, PROJ-4, a/b#5":                    "as of `#1`, `!2`, `GH-3`, `PROJ-4`, `a/b#5`",
		"user@example.test is <b@c.test>":                      "`user@example.test` is `<b@c.test>`",
		"![a](b) [x] [^1] <img src=x>":                         `!\[a](b) \[x] \[^1] \<img src=x>`,
		"![a](http://b) is :tada: &commat;team":                "`![a](http://b`) is `:tada`: \\&commat;team",
		"rev 1a2b3c4d5e of $x$ ~bug %5":                        "rev `1a2b3c4d5e` of `$x$` `~bug` `%5`",
		"a`b ` ``c":                                            "`` a`b `` `` ` `` ``` ``c ```",
		"*bold* __init__ back\\slash a|b # p<0.001":            `\*bold\* \_\_init\_\_ back\\slash a\|b \# p\<0.001`,
		"+ port":     `\+ port`,
		"1. one":     `1\. one`,
		"--- x":      `\--- x`,
		"> quoted":   `\> quoted`,
		"a\nb\x1b[m": `a\\x0ab\\x1b\[m`,
	} {
		if got := markdownText(text); got != want {
			t.Errorf("%q becomes\n%s, want\n%s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`a|b \| c`:          `a\|b \\\| c`,
		"@a|b":              "`@a\\|b`",
		`@a\|@team`:         "`@a\\\\x7c@team`",
		"`|@team|` \\`@x|y": "`` `\\|@team\\|` `` `` \\`@x\\|y ``",
	} {
		if got := markdownCell(text); got != want {
			t.Errorf("in a cell %q becomes\n%s, want\n%s", text, got, want)
		}
	}
}

func TestForeignWordsKeepTheirCells(t *testing.T) {
	simple, careful := regexp.MustCompile(`(^|[^\\])\|`), regexp.MustCompile(`\\.|(\|)`)
	for _, text := range samples.ForeignTexts {
		for _, cell := range []string{markdownCell(text), markdownCellCode(printable.Text(text)), markdownCell(`\` + text), markdownCellCode(printable.Text(`\|` + text))} {
			if simple.MatchString(cell) {
				t.Errorf("%s has an end of a cell in it", cell)
			}
			for _, m := range careful.FindAllStringSubmatch(cell, -1) {
				if m[1] != "" {
					t.Errorf("%s has an end of a cell behind its backslashes", cell)
				}
			}
		}
	}
}

func TestMarkdownCellsStayApart(t *testing.T) {
	for text, want := range map[string]string{
		"a|b":    "`a\\|b`",
		"a`b":    "`` a`b ``",
		"``":     "``` `` ```",
		"x\ny":   "`x\\x0ay`",
		`\|`:     "`\\\\x7c`",
		"250 ok": "`250 ok`",
	} {
		if got := markdownCellCode(printable.Text(text)); got != want {
			t.Errorf("%q becomes %s, want %s", text, got, want)
		}
	}
}
