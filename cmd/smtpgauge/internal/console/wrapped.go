package console

import (
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// Wrapped breaks the lines of a text that are longer than a width between their words. The
// lines of a paragraph are joined before. A line that is indented stands by itself, with
// deeper ones that follow it: what continues it is indented as its second column, if it has
// one. Below "Examples:" lines are commands, which a backslash continues.
func Wrapped(text string, width int) string {
	var out []string
	var open string // the paragraph or the indented line under way
	examples := false
	end := func() {
		if open != "" {
			out = append(out, hung(open, width, examples)...)
		}
		open = ""
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		depth := indentation(line)
		switch {
		case strings.TrimSpace(line) == "":
			end()
			out = append(out, "")
			continue
		case examples && depth > 0:
			end()
		case open != "" && (depth == 0 && indentation(open) == 0 && !isHeading(open) || depth > indentation(open) && indentation(open) > 0 && !isFlag(line)):
			open += " " + strings.TrimSpace(line)
			continue
		default:
			end()
			examples = line == "Examples:" || examples && depth > 0
		}
		open = strings.TrimRight(line, " ")
	}
	end()
	return strings.Join(out, "\n") + "\n"
}

// WrappedRows breaks rows of two columns in the same way, each by itself.
func WrappedRows(text string, width int) string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		out = append(out, hung(line, width, false)...)
	}
	return strings.Join(out, "\n") + "\n"
}

// isFlag tells whether a line is about a flag, which is indented deeper if it has no letter.
func isFlag(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "-") }

// isHeading tells whether a line stands above others.
func isHeading(line string) bool { return strings.HasSuffix(line, ":") }

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// hung breaks one line. All but the first hang below its second column.
func hung(line string, width int, command bool) []string {
	if utf8.RuneCountInString(line) <= width {
		return []string{line}
	}
	depth := indentation(line)
	hang, mark := depth, ""
	head, rest := strings.Repeat(" ", depth), line[depth:]
	switch i := strings.Index(rest, "  "); {
	case command:
		hang, mark = depth+2, ` \`
	case i > 0:
		at := i + indentation(rest[i:])
		head, rest = line[:depth+at], rest[at:]
		hang = utf8.RuneCountInString(head)
		if hang > width/2 { // too little room beside it
			lines := []string{strings.TrimRight(head, " ")}
			for _, row := range human.Wrap(rest, max(width-depth-leastHang, leastWrapped)) {
				lines = append(lines, strings.Repeat(" ", depth+leastHang)+row)
			}
			return lines
		}
	}
	first := human.Wrap(rest, max(width-utf8.RuneCountInString(head)-len(mark), leastWrapped))
	lines := []string{head + first[0]}
	if left := strings.Join(first[1:], " "); left != "" {
		lines[0] += mark
		rows := human.Wrap(left, max(width-hang-len(mark), leastWrapped))
		for i, row := range rows {
			if i < len(rows)-1 {
				row += mark
			}
			lines = append(lines, strings.Repeat(" ", hang)+row)
		}
	}
	return lines
}

// leastHang is how far what stands below a first column is indented beyond that.
const leastHang = 4
