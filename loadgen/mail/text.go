package mail

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"
)

// prose is a long text that all messages of all flows share. Each takes a part of
// it, and the seed decides at which line the part begins. The lines are shorter than
// 78 columns (RFC 5322, 2.1.1), end in CRLF, and never begin with a dot or a hyphen.
// So the text is the same with and without dot-stuffing, and has no MIME boundary.
type prose struct {
	octets []byte
	starts []int // where its lines begin, except blank ones
	quoted bool  // it is in quoted-printable
}

const (
	proseSize  = 256 << 10
	proseWidth = 76

	// quotedWidth leaves room for the filling within the 76 columns that a line of
	// quoted-printable may have (RFC 2045, 6.7). Every word fits into it.
	quotedWidth = proseWidth - len(filling)
)

// A script is how prose is written.
type script uint8

const (
	plainText  script = iota // ASCII
	utf8Text                 // UTF-8
	quotedText               // UTF-8 in quoted-printable
)

// proseIn returns the prose in a script, and writes it at the first call.
func proseIn(in script) *prose { return proses[in]() }

var proses = [...]func() *prose{
	plainText:  sync.OnceValue(func() *prose { return newProse(1, plainText) }),
	utf8Text:   sync.OnceValue(func() *prose { return newProse(1, utf8Text) }),
	quotedText: sync.OnceValue(func() *prose { return newProse(1, quotedText) }),
}

func newProse(seed uint64, in script) *prose {
	w := writer{words: asciiWords, seed: seed, width: proseWidth}
	if in != plainText {
		w.words = append(strings.Fields(beyondASCII), asciiWords...)
	}
	if in == quotedText {
		w.encode, w.width = quoted, quotedWidth
	}
	for len(w.out) < proseSize {
		w.paragraph()
	}
	return &prose{octets: w.out, starts: w.starts, quoted: in == quotedText}
}

// quoted returns a word in quoted-printable.
func quoted(word string) string {
	var b strings.Builder
	for i := range len(word) {
		if word[i] < utf8.RuneSelf {
			b.WriteByte(word[i])
		} else {
			fmt.Fprintf(&b, "=%02X", word[i])
		}
	}
	return b.String()
}

// A writer writes seeded nonsense.
type writer struct {
	words  []string
	encode func(word string) string // nil if words stay as they are
	width  int                      // of a line
	seed   uint64
	drawn  uint64
	out    []byte
	starts []int
	column int
}

func (w *writer) pick(n int) int {
	w.drawn++
	return int(below(draw(w.seed, wordStream, w.drawn, 0), uint64(n)))
}

func (w *writer) paragraph() {
	for range 3 + w.pick(6) {
		w.sentence()
	}
	w.out = append(w.out, "\r\n\r\n"...)
	w.column = 0
}

func (w *writer) sentence() {
	n := 5 + w.pick(12)
	for i := range n {
		word := w.words[w.pick(len(w.words))]
		switch {
		case i == 0:
			word = capital(word)
		case i == n-1:
			word += "."
		case w.pick(9) == 0:
			word += ","
		}
		w.word(word)
	}
}

func (w *writer) word(word string) {
	if w.encode != nil {
		word = w.encode(word)
	}
	width := utf8.RuneCountInString(word)
	switch {
	case w.column == 0:
		w.starts = append(w.starts, len(w.out))
	case w.column+1+width > w.width:
		w.out = append(w.out, "\r\n"...)
		w.starts = append(w.starts, len(w.out))
		w.column = 0
	default:
		w.out = append(w.out, ' ')
		w.column++
	}
	w.out = append(w.out, word...)
	w.column += width
}

func capital(word string) string {
	r := []rune(word)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// subjects returns n subjects of a few words each.
func subjects(seed uint64, n int) []string {
	w := writer{words: asciiWords, seed: seed, drawn: 1 << 32}
	all := make([]string, n)
	for i := range all {
		var words []string
		for range 3 + w.pick(4) {
			words = append(words, w.words[w.pick(len(w.words))])
		}
		all[i] = capital(strings.Join(words, " "))
	}
	return all
}

// ending is the end of a text: filling in place of a character that could not be
// divided, the end of the line and, for DATA only, the final dot.
const (
	filling = "++++++++++++++"
	ending  = filling + "\r\n.\r\n"
)

var endings = []byte(ending)

// appendTo appends a text of exactly n octets, at least 2, to chunks: the prose from
// the given line on, again and again if need be, and an end of line. It returns the
// ending by itself.
func (p *prose) appendTo(chunks [][]byte, line int, n int64) ([][]byte, closing) {
	at := p.starts[line]
	n -= 2
	for rest := int64(len(p.octets) - at); n > rest; rest = int64(len(p.octets)) {
		chunks = append(chunks, p.octets[at:])
		n -= rest
		at = 0
	}
	end := p.boundary(at + int(n))
	short := at + int(n) - end
	if end > at {
		chunks = append(chunks, p.octets[at:end])
	}
	return chunks, newClosing(endings[len(filling)-short:])
}

// boundary returns the last place at or before end at which the prose can be cut
// without dividing a CRLF or a character, encoded or not. The filling is long enough
// for the octets from there to end.
func (p *prose) boundary(end int) int {
	if end > 0 && p.octets[end-1] == '\r' {
		return end - 1
	}
	for end < len(p.octets) && p.octets[end]&0xc0 == 0x80 {
		end--
	}
	for end > 0 && p.withinQuoted(end) {
		end--
	}
	return end
}

// withinQuoted tells whether a cut would divide a character in quoted-printable, or
// leave a blank at the end of a line, which readers remove (RFC 2045, 6.7). Prose has
// no other = in it.
func (p *prose) withinQuoted(end int) bool {
	o := p.octets
	switch {
	case !p.quoted:
		return false
	case o[end-1] == '=' || end > 1 && o[end-2] == '=', o[end-1] == ' ':
		return true
	}
	return end+1 < len(o) && o[end] == '=' && '8' <= o[end+1] && o[end+1] <= 'B' // one of the later octets of a character
}

// A closing is the last chunk of a message, without the final dot and with it.
type closing struct{ raw, dotted []byte }

const finalDot = ".\r\n"

// newClosing returns the closing of octets that end in the final dot.
func newClosing(octets []byte) closing {
	return closing{raw: octets[:len(octets)-len(finalDot)], dotted: octets}
}
