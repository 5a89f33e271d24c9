package table

import (
	"bytes"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// Markdown writes sections below a heading, in GitHub's Markdown. The error is w's.
func Markdown(w io.Writer, heading string, sections []Section) error {
	var b bytes.Buffer
	b.WriteString("## " + markdownText(heading) + "\n")
	for _, s := range sections {
		b.WriteString("\n### " + markdownText(s.Title) + "\n\n")
		if len(s.Rows) > 0 {
			markdownTable(&b, s)
		}
		if len(s.Rows) > 0 && len(s.Lines) > 0 {
			b.WriteString("\n")
		}
		for _, l := range s.Lines {
			text := markdownText(l.Text)
			if l.Bad {
				text = "**" + text + "**"
			}
			b.WriteString("- " + text + "\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func markdownTable(b *bytes.Buffer, s Section) {
	rule := "|"
	b.WriteString("|")
	for _, c := range s.Columns {
		b.WriteString(" " + markdownCell(c.Name) + " |")
		if c.Left {
			rule += " --- |"
		} else {
			rule += " ---: |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, row := range s.Rows {
		b.WriteString("|")
		for i, c := range row {
			text := markdownCell(c.Text)
			if s.Columns[i].Code && c.Text != "" {
				text = markdownCellCode(printable.Text(c.Text))
			}
			if c.Bad {
				text = "**" + text + "**"
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
}
