package smtpwire

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// redact returns text with Redacted in place of each secret. Nothing of a
// secret is left because the server broke it over lines, encoded it in a way
// that clients and servers do (base64, quoted-printable, percent, backslash,
// hexadecimal), or cut it short. Where cut is set the text itself was, and the
// end of it is left out: it may be too little of a secret to be known for one.
func (s *Secrets) redact(text []byte, cut bool) []byte {
	var found []stretch
	for _, v := range views(text) {
		for set := s; set != nil; set = set.more {
			found = set.find(v, found)
			found = set.proofs.secrets().find(v, found)
		}
	}
	slices.SortFunc(found, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	limit := len(text)
	if cut {
		limit = max(0, limit-longPattern+1)
	}
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

// find appends where in the text that v is of secrets stand.
func (s *Secrets) find(v *view, found []stretch) []stretch {
	if s == nil {
		return found
	}
	for i := range v.octets {
		n, p := s.at(v, i)
		if n == 0 {
			continue
		}
		from, to := i, i+n
		if p.code {
			from, to = v.run(from, to)
		}
		found = append(found, stretch{v.places[from].from, v.places[to-1].to})
	}
	return found
}

// at tells how much of a pattern stands at i: 0 is nothing that counts.
func (s *Secrets) at(v *view, i int) (int, pattern) {
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

// longest tells how much of a long pattern stands at i: all of one, half of it
// and more, or a part that was cut there. What has most in common with a text is next to it in
// order; what is all of its beginning is before it.
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

// search returns how many long patterns come before text in order.
func (s *Secrets) search(text []byte) int {
	return sort.Search(len(s.long), func(i int) bool { return s.long[i].text >= string(text) })
}

// common is how many octets two texts begin with alike.
func common(a string, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// A view is a text as somebody could read it, folded, with the place of each
// octet in the text.
type view struct {
	text   []byte
	octets []byte
	places []stretch
	joined bool // what stands side by side need not do so in the text
}

func newView(text []byte) *view {
	return &view{text: text, octets: make([]byte, 0, len(text)), places: make([]stretch, 0, len(text))}
}

func (v *view) add(b byte, from, to int) {
	v.octets = append(v.octets, b)
	v.places = append(v.places, stretch{from, to})
}

// word tells whether neither a letter nor a digit is next to a part.
func (v *view) word(from, to int) bool {
	return (from == 0 || !isAlnum(v.octets[from-1])) && (to == len(v.octets) || !isAlnum(v.octets[to]))
}

// cutAt tells whether something before i may have been cut there: a line ends,
// or dots say that there was more.
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

// run widens a part to all the base64 that it is within on its lines.
func (v *view) run(from, to int) (int, int) {
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

// views are the ways in which a text is searched.
func views(text []byte) []*view {
	var all []*view
	for _, flat := range unfolded(text) {
		all = append(all, flat)
		for i := range escapes {
			if v := escapes[i].undone(flat); v != nil {
				all = append(all, v)
			}
		}
		for _, v := range []*view{flat, flat.compact()} {
			if v != flat {
				all = append(all, v)
			}
			for parity := range 2 {
				if u := unhexed(v, parity); u != nil {
					all = append(all, u)
				}
			}
		}
	}
	for _, v := range all {
		fold(v.octets)
	}
	return all
}

// compact is a view without what is put between letters or groups of them:
// blanks and colons.
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

// unfolded is text as if it were one line: without line ends and the blanks
// around them. What looks like an enhanced code at the beginning of a line may
// be one, which servers repeat there, or be part of a secret: where there is
// one, the text is unfolded without it and with it.
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

// unfold joins the lines of a text, and leaves out of each what skip counts at
// its beginning.
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

// unhexed reads runs of hexadecimal digits as the octets they may stand for,
// from their first digit or from their second. It returns nil where no run is
// as long as a secret makes it.
func unhexed(flat *view, parity int) *view {
	if !hasHex(flat.octets) {
		return nil
	}
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
		for i += parity; i+1 < end; i += 2 {
			b, _ := hexByte(flat.octets[i:])
			v.add(b, flat.places[i].from, flat.places[i+1].to)
		}
		i = end
	}
	return v
}

// hasHex tells whether there is a run of digits as long as a secret makes it.
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
