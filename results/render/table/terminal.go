package table

import (
	"bytes"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

const (
	defaultWidth = 100
	gap          = "  " // between columns
)

// A Terminal is what tables are drawn for.
type Terminal struct {
	Width int  // of a line, in characters; 0 means 100
	Color bool // by ANSI escapes: red for what is bad, and the word of a verdict
}

// Draw writes a report in lines no wider than the terminal, as far as names allow.
// The error is w's.
func Draw(w io.Writer, r Report, o Terminal) error {
	text, err := drawn(r, o)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// Height is how many lines Draw takes for a report.
func Height(r Report, o Terminal) int {
	text, err := drawn(r, o)
	if err != nil {
		return 0 // and Draw says why
	}
	return bytes.Count(text, []byte("\n"))
}

func drawn(r Report, o Terminal) ([]byte, error) {
	t := tableText{width: o.Width, color: o.Color}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	judged := r.Verdict.Word != ""
	if judged {
		t.verdict(r.Verdict, r.Verdict.text())
	}
	for _, text := range r.Head {
		t.line("", Cell{Text: text})
	}
	for _, s := range r.Sections {
		for _, fitting := range s.fit(t.width) {
			if err := t.section(fitting); err != nil {
				return nil, err
			}
		}
	}
	if judged || r.More != "" {
		t.b.WriteString("\n")
	}
	if r.More != "" {
		t.line("", Cell{Text: r.More})
	}
	if judged {
		t.verdict(r.Verdict, r.Verdict.shortText(t.width))
	}
	return t.b.Bytes(), nil
}

// A tableText collects lines of text.
type tableText struct {
	b     bytes.Buffer
	width int
	color bool
}

func (t *tableText) section(s Section) error {
	t.b.WriteString("\n")
	if s.Title != "" && !s.Untitled {
		t.put(Cell{Text: printable.Text(s.Title)})
	}
	if len(s.Rows) > 0 {
		if err := t.table(s); err != nil {
			return err
		}
	}
	for _, l := range s.Lines {
		t.line("  ", l)
	}
	return nil
}

// table draws with tablewriter: a line below the header, no other.
func (t *tableText) table(s Section) error {
	align := make([]tw.Align, len(s.Columns))
	padding := make([]tw.Padding, len(s.Columns))
	header := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		header[i] = printable.Text(c.Name)
		align[i] = tw.AlignRight
		if c.Left {
			align[i] = tw.AlignLeft
		}
		padding[i] = tw.Padding{Right: gap, Overwrite: true}
	}
	padding[len(padding)-1].Right = ""

	format := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{PerColumn: align},
		Padding:    tw.CellPadding{PerColumn: padding},
	}
	var drawn bytes.Buffer
	table := tablewriter.NewTable(&drawn,
		tablewriter.WithEastAsian(tw.Off), // the same widths everywhere, as modern terminals have them
		tablewriter.WithConfig(tablewriter.Config{Header: format, Row: format}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})))
	table.Header(header)
	previous := ""
	for _, row := range s.Rows {
		texts := t.texts(row)
		if row[0].Text == previous {
			texts[0] = "" // so that the eye finds the next flow
		}
		previous = row[0].Text
		if err := table.Append(texts); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(drawn.String()) {
		t.put(Cell{Text: strings.TrimRight(line, " \n")})
	}
	return nil
}

// put writes one line of printable text. It may begin with a server's words.
func (t *tableText) put(line Cell) {
	line.Text = printable.Start(line.Text)
	t.b.WriteString(t.paint(line) + "\n")
}

func (t *tableText) texts(row []Cell) []string {
	texts := make([]string, len(row))
	for i, c := range row {
		texts[i] = t.paint(Cell{printable.Text(c.Text), c.Bad})
	}
	return texts
}

// paint makes red what is bad, if there are colours.
func (t *tableText) paint(c Cell) string {
	if !c.Bad || !t.color {
		return c.Text
	}
	return ansi[Alarm] + c.Text + uncolored
}

// verdict writes a line that begins with the verdict's word, which stands out.
func (t *tableText) verdict(v Verdict, text string) {
	from := t.b.Len()
	t.line("", Cell{Text: text})
	if code := ansi[v.Tone]; t.color && code != "" {
		rest := strings.TrimPrefix(string(t.b.Bytes()[from:]), v.Word)
		t.b.Truncate(from)
		t.b.WriteString(code + v.Word + uncolored + rest)
	}
}

// line writes a sentence, broken at spaces, and within words that are longer than a
// line. A bad one stands out.
func (t *tableText) line(indent string, c Cell) {
	line, empty := indent, true
	for _, word := range strings.Fields(printable.Text(c.Text)) {
		switch {
		case empty:
			line += word
		case Width(line)+1+Width(word) <= t.width:
			line += " " + word
		default:
			t.put(Cell{line, c.Bad})
			line = indent + "  " + word
		}
		for empty = false; Width(line) > t.width; {
			head := twwidth.Truncate(line, t.width)
			if len(head) <= len(indent)+len("  ") {
				break // not even one more character fits
			}
			t.put(Cell{head, c.Bad})
			line = indent + "  " + line[len(head):]
		}
	}
	t.put(Cell{line, c.Bad})
}

// Width is how many columns of a terminal text takes.
func Width(text string) int { return twwidth.Width(text) }

// Clip cuts text to a width, in columns of a terminal.
func Clip(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	return twwidth.Truncate(text, width, "…")
}
