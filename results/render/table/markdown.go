package table

import (
	"bytes"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// Markdown writes a report in GitHub's Markdown. What comes first is the heading. The
// error is w's.
func Markdown(w io.Writer, r Report) error {
	var b bytes.Buffer
	head := r.Head
	if r.Verdict.Word != "" {
		head = append([]string{r.Verdict.text()}, head...)
	}
	for i, text := range head {
		if i == 0 {
			b.WriteString("## " + markdownText(text) + "\n")
		} else {
			b.WriteString("\n" + markdownText(text) + "\n")
		}
	}
	for _, s := range r.Sections {
		if s.Title != "" {
			b.WriteString("\n### " + markdownText(s.Title) + "\n")
		}
		b.WriteString("\n")
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
	if r.More != "" {
		b.WriteString("\n" + markdownText(r.More) + "\n")
	}
	if r.Verdict.Word != "" {
		b.WriteString("\n**" + markdownText(r.Verdict.text()) + "**\n")
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
