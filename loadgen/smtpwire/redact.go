package smtpwire

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// redact returns text with Redacted in place of each secret. It also finds a secret
// that the server has broken over lines, encoded in a way that clients and servers do
// (base64, quoted-printable, percent, backslash, hexadecimal), or cut short.
func (s *Secrets) redact(text []byte) []byte { return s.redactTo(text, len(text)) }

// Redact is redact for a text that did not come from a session, but may have its secrets.
func (s *Secrets) Redact(text string) string { return string(s.redact([]byte(text))) }

// redactCut is redact for a text that ends before what the server said does. It
// leaves out the end of the text: there may be too few octets of a secret to
// recognize it.
func (s *Secrets) redactCut(text []byte) []byte {
	return s.redactTo(text, max(0, len(text)-longPattern+1))
}

// redactTo redacts text and leaves out what is after limit.
func (s *Secrets) redactTo(text []byte, limit int) []byte {
	var found []stretch
	for _, v := range views(text) {
		for set := s; set != nil; set = set.more {
			found = set.find(v, found)
			found = set.proofs.secrets().find(v, found)
		}
	}
	slices.SortFunc(found, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	end := 0
	for _, f := range found {
		if f.from >= end && f.from < limit {
			out = append(append(out, text[end:f.from]...), Redacted...)
		}
		end = max(end, f.to)
	}
	return append(out, text[min(end, limit):limit]...)
}

// A stretch is a part of a text.
type stretch struct{ from, to int }

// find appends where the secrets in v are in its text.
func (s *Secrets) find(v *view, found []stretch) []stretch {
	if s == nil {
		return found
	}
	for i := range v.octets {
		n, p := s.matchAt(v, i)
		if n == 0 {
			continue
		}
		from, to := i, i+n
		if p.code {
			from, to = v.base64Run(from, to)
		}
		found = append(found, stretch{v.places[from].from, v.places[to-1].to})
	}
	return found
}

// matchAt returns the pattern that begins at i, and how much of it is there: 0 if that
// does not count.
func (s *Secrets) matchAt(v *view, i int) (int, pattern) {
	rest := v.octets[i:]
	h := head(rest)
	if len(rest) >= longPattern && s.begins.has(h, longPattern) {
		if n, p := s.longest(v, i); n > 0 {
			return n, p
		}
	}
	for _, n := range s.widths {
		if len(rest) < n || !s.begins.has(h&(1<<(8*n)-1), n) {
			continue
		}
		if p, ok := s.short[string(rest[:n])]; ok && (!p.word || v.word(i, i+n)) {
			return n, p
		}
	}
	if len(rest) >= longPattern {
		if code, ok := s.parts[h]; ok {
			return longPattern, pattern{code: code}
		}
	}
	return 0, pattern{}
}

// longest returns the long pattern of which most is at i, and how much that is: all of
// it, at least half of it, or a part that was cut there. The patterns are sorted. So
// the one that has most in common with a text is next to the text in their order, and
// those that the text begins with come before it.
func (s *Secrets) longest(v *view, i int) (most int, which pattern) {
	rest := v.octets[i:]
	next := s.search(rest)
	for _, p := range s.long[max(next-1, 0):min(next+1, len(s.long))] {
		if n := common(p.text, rest); n > most && (n >= len(p.text)/2 || v.cutAt(i+n)) {
			most, which = n, p
		}
	}
	if most < longPattern {
		most = 0
	}
	for next > 0 {
		p := s.long[next-1]
		n := common(p.text, rest)
		if n == len(p.text) {
			if n > most {
				return n, p
			}
			break
		}
		rest = rest[:n]
		next = s.search(rest)
		if next < len(s.long) && s.long[next].text == string(rest) {
			next++
		}
	}
	return most, which
}

// search returns how many long patterns come before text in their order.
func (s *Secrets) search(text []byte) int {
	return sort.Search(len(s.long), func(i int) bool { return s.long[i].text >= string(text) })
}

// common returns how many octets are the same at the beginning of two texts.
func common(a string, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// A view is one way to read a text, folded. It has the place in the text of each of
// its octets.
type view struct {
	text   []byte
	octets []byte
	places []stretch
	joined bool // octets that are neighbours here may not be in the text
}

func newView(text []byte) *view {
	return &view{text: text, octets: make([]byte, 0, len(text)), places: make([]stretch, 0, len(text))}
}

func (v *view) add(b byte, from, to int) {
	v.octets = append(v.octets, b)
	v.places = append(v.places, stretch{from, to})
}

// word tells whether a part is a word of its own: no letter or digit is next to it.
func (v *view) word(from, to int) bool {
	return (from == 0 || !isAlnum(v.octets[from-1])) && (to == len(v.octets) || !isAlnum(v.octets[to]))
}

// cutAt tells whether what is before i may have been cut there: the text or a line
// ends, or dots follow.
func (v *view) cutAt(i int) bool {
	if i == len(v.octets) {
		return true
	}
	return bytes.HasPrefix(v.octets[i:], []byte("...")) || bytes.HasPrefix(v.octets[i:], []byte("…")) || v.lineAt(i)
}

// lineAt tells whether a line begins at i.
func (v *view) lineAt(i int) bool {
	return bytes.IndexByte(v.text[v.places[i-1].to:v.places[i].from], '\n') >= 0
}

// base64Run widens a part to the whole run of base64 digits around it, within a line.
func (v *view) base64Run(from, to int) (int, int) {
	if v.joined {
		return from, to
	}
	digit := func(b byte) bool { return isAlnum(b) || b == '+' || b == '/' }
	for from > 0 && digit(v.octets[from-1]) && !v.lineAt(from) {
		from--
	}
	for to < len(v.octets) && (digit(v.octets[to]) || v.octets[to] == '=') && !v.lineAt(to) {
		to++
	}
	return from, to
}

func isAlnum(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || digit(b) }

// views returns all views in which a text is searched.
func views(text []byte) []*view {
	var all []*view
	for _, flat := range unfolded(text) {
		compact := flat.compact()
		all = append(all, flat, compact)
		all = append(all, unescaped(flat)...)
		all = append(all, unhexed(flat)...)
		all = append(all, unhexed(compact)...)
	}
	for _, v := range all {
		fold(v.octets)
	}
	return all
}

// compact returns a view without what some put between letters or between groups of
// them: blanks, colons and NULs.
func (v *view) compact() *view {
	c := newView(v.text)
	c.joined = true
	for i, b := range v.octets {
		if b != ' ' && b != ':' && b != 0 {
			c.add(b, v.places[i].from, v.places[i].to)
		}
	}
	return c
}

// unfolded returns text as one line, without line ends and the blanks around them.
// What looks like an enhanced code at the beginning of a line may be one, which
// servers repeat there, or a part of a secret. If there is one, unfolded returns two
// views: without these codes and with them.
func unfolded(text []byte) []*view {
	codes := 0
	all := []*view{unfold(text, func(rest []byte) int {
		_, used := scanCode(rest)
		codes += used
		return used
	})}
	if codes > 0 {
		all = append(all, unfold(text, func([]byte) int { return 0 }))
	}
	return all
}

// unfold joins the lines of a text. skip returns how many octets to leave out at the
// beginning of a line.
func unfold(text []byte, skip func(rest []byte) int) *view {
	v := newView(text)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
		case '\r':
			continue
		default:
			v.add(text[i], i, i+1)
			continue
		}
		n := len(bytes.TrimRight(v.octets, " \t"))
		v.octets, v.places = v.octets[:n], v.places[:n]
		rest := text[i+1:]
		rest = rest[skip(rest):]
		i = len(text) - len(bytes.TrimLeft(rest, " \t")) - 1
	}
	return v
}

// unhexed returns views in which runs of hexadecimal digits are the octets that they
// stand for: in one the runs are read from their first digit, in the other from their
// second. It returns none if no run is as long as that of a secret.
func unhexed(flat *view) []*view {
	if !hasHex(flat.octets) {
		return nil
	}
	return []*view{unhexedFrom(flat, 0), unhexedFrom(flat, 1)}
}

// unhexedFrom reads each run from the digit with that index in it.
func unhexedFrom(flat *view, first int) *view {
	v := newView(flat.text)
	for i := 0; i < len(flat.octets); {
		end := i
		for end < len(flat.octets) && isHex(flat.octets[end]) {
			end++
		}
		if end-i < 2*shortSecret {
			end = max(end, i+1)
			for ; i < end; i++ {
				v.add(flat.octets[i], flat.places[i].from, flat.places[i].to)
			}
			continue
		}
		for i += first; i+1 < end; i += 2 {
			b, _ := hexByte(flat.octets[i:])
			v.add(b, flat.places[i].from, flat.places[i+1].to)
		}
		i = end
	}
	return v
}

// hasHex tells whether there is a run of hexadecimal digits that is as long as that of
// a secret.
func hasHex(text []byte) bool {
	n := 0
	for _, b := range text {
		if n++; !isHex(b) {
			n = 0
		} else if n == 2*shortSecret {
			return true
		}
	}
	return false
}

func hexByte(text []byte) (byte, bool) {
	if len(text) < 2 || !isHex(text[0]) || !isHex(text[1]) {
		return 0, false
	}
	return hexValue(text[0])<<4 | hexValue(text[1]), true
}

func isHex(b byte) bool { return digit(b) || 'a' <= b|0x20 && b|0x20 <= 'f' }

func hexValue(b byte) byte {
	if digit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}
