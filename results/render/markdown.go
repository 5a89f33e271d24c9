package render

import (
	"bytes"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// markdownReport writes sections below a heading, as GitHub shows them in a pull
// request.
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
		b.WriteString(" " + markdownCell(c.name) + " |")
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
			text := markdownCell(c.text)
			if s.columns[i].code && c.text != "" {
				text = markdownCellCode(printable.Text(c.text))
			}
			if c.bad {
				text = "**" + text + "**"
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
}
