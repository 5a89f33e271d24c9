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
	judged = judged && !r.Once
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
		header[i] = c.nameOf()
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
		texts := t.texts(s.Columns, row)
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

// texts are the cells of a row, as the table writer takes them.
func (t *tableText) texts(columns []Column, row []Cell) []string {
	texts := make([]string, len(row))
	for i, c := range row {
		lines := []string{printable.Text(c.Text)}
		if columns[i].width > 0 {
			lines = broken("", lines[0], columns[i].width)
		}
		for n, line := range lines {
			lines[n] = t.paint(Cell{line, c.Bad})
		}
		texts[i] = strings.Join(lines, "\n")
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

// line writes a sentence, broken into lines. A bad one stands out.
func (t *tableText) line(indent string, c Cell) {
	for i, line := range broken("  ", printable.Text(c.Text), t.width-len(indent)) {
		if i > 0 || line != "" {
			line = indent + line
		}
		t.put(Cell{line, c.Bad})
	}
}

// broken breaks a printable sentence at spaces, and within words that are longer than
// a line. All lines but the first are indented.
func broken(indent, text string, width int) []string {
	var lines []string
	line, empty := "", true
	for _, word := range unbroken(text) {
		switch {
		case empty:
			line += word
		case Width(line)+1+Width(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = indent + word
		}
		for empty = false; Width(line) > width; {
			head := twwidth.Truncate(line, width)
			if len(head) <= len(indent) {
				break // not even one more character fits
			}
			lines = append(lines, head)
			line = indent + line[len(head):]
		}
	}
	return append(lines, line)
}

// unbroken are the words of a text. A figure and its unit are one word.
func unbroken(text string) []string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		if n := len(words); n > 0 && units[strings.TrimRight(word, ".,;:)")] && endsInDigit(words[n-1]) {
			words[n-1] += " " + word
			continue
		}
		words = append(words, word)
	}
	return words
}

// units are those that stand behind a figure.
var units = map[string]bool{"%": true, "µs": true, "ms": true, "s": true, "min": true, "/s": true, "msg/s": true, "B": true, "KiB": true, "MiB": true, "GiB": true}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return '0' <= last && last <= '9'
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
