package printable

import (
	"io"
	"unicode/utf8"
)

// A Writer makes the text that is written to it harmless and passes it on, in whatever
// pieces the text comes. Only ends of lines stay as they are.
type Writer struct {
	w     io.Writer
	guard guard
	begun []byte // the first octets of a character that is not complete yet
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: w, guard: guard{lines: true, begins: true}}
}

// Write makes text harmless and passes it on, all in one piece.
func (w *Writer) Write(text []byte) (int, error) {
	all := append(w.begun, text...)
	cut := len(all) - unfinished(all)
	harmless := w.guard.appendTo(make([]byte, 0, len(all)), string(all[:cut]), open)
	w.begun = append(w.begun[:0:0], all[cut:]...)
	if len(harmless) == 0 {
		return len(text), nil
	}
	if _, err := w.w.Write(harmless); err != nil {
		return 0, err
	}
	return len(text), nil
}

// unfinished returns how many octets at the end of text are the beginning of a character
// that is not complete.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return n
		}
	}
	return 0
}
