package table

import (
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// GitHub and GitLab look for mentions, links and emoji after they have removed
// Markdown's own escapes: "\@team" still mentions the team. They leave only code
// alone. So a word with anything of that kind in it is shown as code, whoever wrote
// the word.
var (
	// liveWord matches what may become a link, a mention or a picture: @mentions and addresses, #1, !1,
	// ~label, %milestone, GH-1 and keys of other trackers, revisions, www. and
	// anything with a scheme, :emoji: and $mathematics$.
	liveWord = regexp.MustCompile("[@#:$~`]" + `|[!%]["\w]|(?i:www\.)|(?i:\bgh-)\d|\b[A-Z]{2,}-\d|\b[0-9a-f]{7,}\b`)

	// clockWord matches a time of day.
	clockWord = regexp.MustCompile(`^\d\d:\d\d(:\d\d)?$`)

	// blockStart matches what makes a line a quotation, an item or a rule.
	blockStart = regexp.MustCompile(`^(>|\+$|-+$)`)

	// numberedItem matches what makes a line an item with a number.
	numberedItem = regexp.MustCompile(`^\d+[.)]$`)

	// aroundWord matches a word with the punctuation of a sentence around it.
	aroundWord = regexp.MustCompile(`^(["'(]*)(.*?)([]"'),.:;!?%]*)$`)
)

// markdownText writes a text so that nothing in it is Markdown.
func markdownText(text string) string { return markdownWords(text, markdownCode) }

// markdownCell is markdownText for the cell of a table.
func markdownCell(text string) string { return markdownWords(text, markdownCellCode) }

func markdownWords(text string, code func(string) string) string {
	words := strings.Fields(printable.Text(text))
	for i, w := range words {
		parts := aroundWord.FindStringSubmatch(w)
		switch {
		case i == 0 && blockStart.MatchString(w):
			words[i] = `\` + markdownEscapes.Replace(w)
		case i == 0 && numberedItem.MatchString(w):
			words[i] = w[:len(w)-1] + `\` + w[len(w)-1:]
		case liveWord.MatchString(parts[2]) && !clockWord.MatchString(parts[2]) && parts[2] != "#":
			words[i] = parts[1] + code(parts[2]) + parts[3]
		default:
			words[i] = markdownEscapes.Replace(w)
		}
	}
	return strings.Join(words, " ")
}

// markdownEscapes escape what has a meaning within a line. That includes entities:
// "&commat;" is an @ by the time mentions are looked for.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`, "[", `\[`, "#", `\#`, "&", `\&`,
)

// markdownCode makes a code span of printable text.
func markdownCode(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(text, " ") {
		text = " " + text + " " // one space at either end is not shown
	}
	return fence + text + fence
}

// markdownCellCode is markdownCode for the cell of a table. Tables are cut into cells
// before code is looked for, so pipes are escaped in code too. A pipe after a
// backslash cannot be escaped: some read the two backslashes as an escaped one, and
// cut there all the same.
func markdownCellCode(text string) string {
	span := strings.ReplaceAll(markdownCode(text), `\|`, `\\x7c`)
	return strings.ReplaceAll(span, "|", `\|`)
}
