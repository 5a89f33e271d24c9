package mail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Pattern is an address with parts that vary from message to message:
//
//	{seq}      the message's number, from 0
//	{1..5000}  a number picked evenly from that range, both ends included, and
//	           padded with zeros if the first one is: {0001..5000}
//	{COLUMN}   the column of that name, from the message's row of a Table
//
// A picked number depends on nothing but the seed, the message, the recipient's place
// in it and the part's place in the pattern.
type Pattern struct {
	text  string
	parts []part
	ascii bool // no address made from it has anything beyond
}

type part struct {
	kind    partKind
	at      int    // the place of its first character in the pattern, from 1
	literal string // literalPart
	low     uint64 // rangePart
	span    uint64 // rangePart: how many numbers; 0 means 2^64
	width   int    // rangePart: digits at least
	column  string // columnPart
	index   int    // columnPart: the column's place in a row, once bound
}

type partKind uint8

const (
	literalPart partKind = iota
	seqPart
	rangePart
	columnPart
)

// A PatternError says what is wrong with an address pattern.
type PatternError struct {
	Pattern string
	Column  int // of the character that is wrong, from 1; 0 if the whole is
	Reason  string
}

// Error renders the error on one line.
func (e *PatternError) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("address pattern %q, character %d: %s", e.Pattern, e.Column, e.Reason)
	}
	return fmt.Sprintf("address pattern %q: %s", e.Pattern, e.Reason)
}

// maxPattern is how many octets a pattern may have: more than an address, as
// the names of columns can be long.
const maxPattern = 1024

// ParsePattern parses an address pattern and checks its addresses (RFC 5321, RFC
// 6531). If the pattern names a column, Domains checks them. Errors are
// *PatternError.
func ParsePattern(s string) (*Pattern, error) {
	if len(s) > maxPattern {
		return nil, &PatternError{Pattern: s[:40] + "...", Reason: fmt.Sprintf("has %d octets; %d are allowed", len(s), maxPattern)}
	}
	p, err := splitPattern(s)
	if err != nil {
		return nil, err
	}
	if !p.fromTable() {
		if _, err := p.domains(nil); err != nil {
			return nil, &PatternError{Pattern: s, Reason: err.Error()}
		}
	}
	return p, nil
}

func splitPattern(s string) (*Pattern, error) {
	p := &Pattern{text: s, ascii: isASCII(s)}
	for at := 0; at < len(s); {
		column := utf8.RuneCountInString(s[:at]) + 1
		open := strings.IndexAny(s[at:], "{}")
		if open < 0 {
			open = len(s) - at
		}
		if open > 0 {
			p.parts = append(p.parts, part{at: column, literal: s[at : at+open]})
			at += open
			continue
		}
		fault := func(reason string) error {
			return &PatternError{Pattern: s, Column: column, Reason: reason}
		}
		if s[at] == '}' {
			return nil, fault("a closing brace without an opening one")
		}
		name, _, closed := strings.Cut(s[at+1:], "}")
		if !closed || strings.Contains(name, "{") {
			return nil, fault("a brace that is not closed")
		}
		v, err := parsePart(name)
		if err != nil {
			return nil, fault(err.Error())
		}
		v.at = column
		p.parts = append(p.parts, v)
		at += len(name) + 2
	}
	return p, nil
}

// parsePart reads what stands between braces.
func parsePart(name string) (part, error) {
	switch {
	case name == "":
		return part{}, errors.New("empty braces; {seq}, {1..5000} or {COLUMN} would be right")
	case name == "seq":
		return part{kind: seqPart}, nil
	}
	first, last, isRange := strings.Cut(name, "..")
	if !isRange {
		return part{kind: columnPart, column: name}, nil
	}
	low, err := strconv.ParseUint(first, 10, 64)
	high, err2 := strconv.ParseUint(last, 10, 64)
	if err != nil || err2 != nil {
		return part{}, fmt.Errorf("{%s} is no range of numbers such as {1..5000}", name)
	}
	if low > high {
		return part{}, fmt.Errorf("{%s} counts down; {%s..%s} would be right", name, last, first)
	}
	v := part{kind: rangePart, low: low, span: high - low + 1}
	if first[0] == '0' {
		v.width = len(first)
	}
	return v, nil
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// append appends the address of a recipient of message seq. row may be nil if the
// pattern names no column.
func (p *Pattern) append(dst []byte, seed, seq, recipient uint64, row []string) []byte {
	for i := range p.parts {
		v := &p.parts[i]
		switch v.kind {
		case literalPart:
			dst = append(dst, v.literal...)
		case seqPart:
			dst = strconv.AppendUint(dst, seq, 10)
		case rangePart:
			h := draw(seed, addressStream, seq, recipient<<16|uint64(i))
			dst = appendPadded(dst, v.low+below(h, v.span), v.width)
		case columnPart:
			dst = append(dst, row[v.index]...)
		}
	}
	return dst
}

// appendPadded appends n with zeros ahead of it to make width digits.
func appendPadded(dst []byte, n uint64, width int) []byte {
	for limit := n; width > 1; width-- {
		if limit /= 10; limit == 0 {
			dst = append(dst, '0')
		}
	}
	return strconv.AppendUint(dst, n, 10)
}
