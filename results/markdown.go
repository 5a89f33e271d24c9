package results

import (
	"bytes"
	"io"
	"strings"
)

// writeMarkdown writes the report as GitHub shows it in a pull request.
func writeMarkdown(w io.Writer, res *Result) error {
	return markdownReport(w, res.heading(), res.report())
}

// markdownReport writes sections below a heading.
func markdownReport(w io.Writer, heading string, sections []section) error {
	var b bytes.Buffer
	b.WriteString("## " + markdownText(heading) + "\n")
	for _, s := range sections {
		b.WriteString("\n### " + markdownText(s.title) + "\n\n")
		if len(s.rows) > 0 {
			markdownTable(&b, s)
		}
		if len(s.rows) > 0 && len(s.lines) > 0 {
			b.WriteString("\n")
		}
		for _, l := range s.lines {
			text := markdownText(l.text)
			if l.bad {
				text = "**" + text + "**"
			}
			b.WriteString("- " + text + "\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func markdownTable(b *bytes.Buffer, s section) {
	rule := "|"
	b.WriteString("|")
	for _, c := range s.columns {
		b.WriteString(" " + markdownText(c.name) + " |")
		if c.left {
			rule += " --- |"
		} else {
			rule += " ---: |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, row := range s.rows {
		b.WriteString("|")
		for i, c := range row {
			text := markdownText(c.text)
			if s.columns[i].code && c.text != "" {
				text = markdownCode(c.text)
			}
			if c.bad {
				text = "**" + text + "**"
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "<", `\<`, "`", "\\`", "*", `\*`, "[", `\[`,
)

// markdownText keeps text from being read as Markdown, above all as the end of
// a table's cell.
func markdownText(text string) string { return markdownEscapes.Replace(printable(text)) }

// markdownCode makes a code span for a table's cell. Pipes are escaped in it
// too, as tables are cut into cells before code is looked for.
func markdownCode(text string) string {
	text = printable(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(text, " ") {
		text = " " + text + " " // one space at either end is not shown
	}
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}
