package tree

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// syntaxFault returns the position and the message of an error of the YAML library.
// The library's text about anchors and tags repeats what stands in the file, which
// may be a password without quotes, so it is replaced.
func syntaxFault(at Position, source []byte, err error) (Position, string) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return at, "not YAML"
	}
	if load.Mark.Line > 0 {
		at.Line, at.Column = load.Mark.Line, max(load.Mark.Column, 1)
	}
	message := strings.TrimPrefix(load.Message, "yaml: ")
	switch {
	case strings.Contains(message, "no documents"):
		return at, "the file is empty: smtpgauge init writes one to start from"
	case strings.Contains(message, "found multiple"):
		return at, "want one YAML document, found several: --- begins a new one"
	case strings.Contains(message, "anchor"):
		return at, "an alias (*) names no anchor (&) before it; put quotes around a value that begins with * or &"
	case strings.Contains(message, "tag"):
		return at, "a tag (!) is not understood; put quotes around a value that begins with !"
	case strings.Contains(message, "max depth"):
		return at, fmt.Sprintf("nested deeper than %d levels", maxDepth)
	}
	for _, h := range hints {
		if line, column := h.find(source, at.Line); line > 0 {
			return Position{at.File, line, column}, "not YAML: " + h.message
		}
	}
	if load.ContextMsg != "" {
		message = load.ContextMsg + ": " + message
	}
	return at, "not YAML: " + message
}

// A hint explains an error of the YAML library by something near it that is often
// the cause.
type hint struct {
	pattern *regexp.Regexp // its first group is the cause
	message string
}

var hints = []hint{
	{regexp.MustCompile(`^ *(\t)`), "a tab indents this line: YAML takes blanks alone"},
	{regexp.MustCompile(`[{\[,:] *(\$\{)`), `put quotes around a value with ${...} in it, since braces mean something in YAML: "${env:NAME}"`},
}

// hintLines is how far above an error its cause is looked for: the library notices
// some mistakes only after a few lines.
const hintLines = 5

// find returns where the cause of an error in a line stands, the nearest if there
// are several; 0 if there is none.
func (h hint) find(source []byte, line int) (int, int) {
	lines := bytes.Split(source, []byte("\n"))
	for n := min(line, len(lines)); n > max(0, line-hintLines); n-- {
		if m := h.pattern.FindSubmatchIndex(lines[n-1]); m != nil {
			return n, utf8.RuneCount(lines[n-1][:m[2]]) + 1
		}
	}
	return 0, 0
}
