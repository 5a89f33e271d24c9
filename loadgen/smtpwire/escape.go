package smtpwire

import (
	"bytes"
	"html"
	"strconv"
)

// An escape is a way in which clients and servers write some octets as sequences of
// others. Each is undone by itself, because a mark of one is nothing special in
// another.
type escape struct {
	marks string // the octets that its sequences begin with
	// read returns the octet that the sequence at the beginning of text stands
	// for, and the sequence's length; 0 if there is none.
	read func(text []byte) (octet byte, used int)
}

var escapes = []escape{
	{"%=\\", func(text []byte) (byte, int) { // URLs, quoted-printable, strings of C and JSON
		if text[0] == '\\' {
			return readBackslash(text)
		}
		return readHex(text)
	}},
	{"%+", func(text []byte) (byte, int) { // HTML forms
		if text[0] == '+' {
			return ' ', 1
		}
		return readHex(text)
	}},
	{"+", readHex}, // xtext, RFC 3461 section 4
	{"&", readEntity},
	{`"`, readDoubled(`""`)}, // CSV
	{"'", readDoubled("''")}, // SQL
}

// unescaped returns a view for each escape that has a mark in flat.
func unescaped(flat *view) []*view {
	var all []*view
	for i := range escapes {
		if v := escapes[i].undo(flat); v != nil {
			all = append(all, v)
		}
	}
	return all
}

// undo returns a view in which the escape's sequences are the octets that they stand
// for; nil if there is none of its marks.
func (e *escape) undo(flat *view) *view {
	if !bytes.ContainsAny(flat.octets, e.marks) {
		return nil
	}
	v := newView(flat.text)
	for i := 0; i < len(flat.octets); {
		b, used := flat.octets[i], 1
		if bytes.IndexByte([]byte(e.marks), b) >= 0 {
			if b == '=' && flat.cutAt(i+1) { // a soft line break
				i++
				continue
			}
			if octet, n := e.read(flat.octets[i:]); n > 0 {
				b, used = octet, n
			}
		}
		v.add(b, flat.places[i].from, flat.places[i+used-1].to)
		i += used
	}
	return v
}

// readHex reads a mark and two hexadecimal digits. It reads %2541 too, which is %41
// escaped a second time.
func readHex(text []byte) (byte, int) {
	if text[0] == '%' && bytes.HasPrefix(text[1:], []byte("25")) {
		if b, ok := hexByte(text[3:]); ok {
			return b, 5
		}
	}
	b, ok := hexByte(text[1:])
	if !ok {
		return 0, 0
	}
	return b, 3
}

// readBackslash reads \x41, \u0041, \101 and \A.
func readBackslash(text []byte) (byte, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch c := text[1]; {
	case c == 'x' || c == 'X':
		if b, ok := hexByte(text[2:]); ok {
			return b, 4
		}
	case c == 'u' || c == 'U':
		if bytes.HasPrefix(text[2:], []byte("00")) {
			if b, ok := hexByte(text[4:]); ok {
				return b, 6
			}
		}
	case digit(c) && len(text) >= 4:
		if n, err := strconv.ParseUint(string(text[1:4]), 8, 8); err == nil {
			return byte(n), 4
		}
	}
	return text[1], 2
}

// longestEntity is longer than the entity of any octet in a password.
const longestEntity = 10

// readEntity reads an entity of HTML that stands for one octet, such as &amp; or
// &#38;.
func readEntity(text []byte) (byte, int) {
	end := bytes.IndexByte(text[:min(len(text), longestEntity)], ';')
	if end < 0 {
		return 0, 0
	}
	if plain := html.UnescapeString(string(text[:end+1])); len(plain) == 1 {
		return plain[0], end + 1
	}
	return 0, 0
}

// readDoubled returns a function that reads a mark that is written twice.
func readDoubled(mark string) func([]byte) (byte, int) {
	return func(text []byte) (byte, int) {
		if bytes.HasPrefix(text, []byte(mark)) {
			return mark[0], len(mark)
		}
		return 0, 0
	}
}
