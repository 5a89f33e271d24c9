package mail

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Domains returns, sorted, the domains that mail to the pattern's addresses may go
// to: those of the addresses, and those that a local part routes it to, as in
// "u%b.test@a.test". If a number is part of a domain, the list has what the domain
// ends in, with a leading dot: "u@host{1..9}.a.test" gives ".a.test". Postmaster
// alone gives "". Domains checks every address that the rows of t can make; t may
// be nil if the pattern names no column. Errors are *PatternError.
func (p *Pattern) Domains(t *Table) ([]string, error) {
	b, err := p.bind(t)
	if err != nil {
		return nil, err
	}
	rows := [][]string{nil}
	if b.fromTable() {
		rows = t.Rows
	}
	var all []string
	for i, row := range rows {
		found, err := b.domains(row)
		if err != nil { // a row's fault: ParsePattern checked the rest
			return nil, &PatternError{Pattern: p.text, Reason: fmt.Sprintf("in row %d of the table %v", i+1, err)}
		}
		if n := len(found); len(all) < n || !slices.Equal(all[len(all)-n:], found) { // mostly all rows have the same
			all = append(all, found...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// bind finds the pattern's columns in a table.
func (p *Pattern) bind(t *Table) (*Pattern, error) {
	if !p.fromTable() {
		return p, nil
	}
	b := &Pattern{text: p.text, parts: slices.Clone(p.parts), ascii: p.ascii}
	for i := range b.parts {
		v := &b.parts[i]
		if v.kind != columnPart {
			continue
		}
		if err := v.bind(t); err != nil {
			return nil, &PatternError{Pattern: p.text, Column: v.at, Reason: err.Error()}
		}
		for _, row := range t.Rows {
			b.ascii = b.ascii && isASCII(row[v.index])
		}
	}
	return b, nil
}

func (v *part) bind(t *Table) error {
	if t == nil || len(t.Rows) == 0 {
		return fmt.Errorf("{%s} is neither {seq} nor a range such as {1..5000}, and there is no table with rows to take a column from", v.column)
	}
	if v.index = slices.Index(t.Columns, v.column); v.index < 0 {
		return fmt.Errorf("{%s} is neither {seq} nor a range such as {1..5000}, nor one of the table's columns: %s",
			v.column, strings.Join(t.Columns, ", "))
	}
	for i, row := range t.Rows {
		if v.index >= len(row) {
			return fmt.Errorf("row %d of the table has no column %q", i+1, v.column)
		}
	}
	return nil
}

func (p *Pattern) fromTable() bool {
	return slices.ContainsFunc(p.parts, func(v part) bool { return v.kind == columnPart })
}

// domains checks the longest address that the pattern makes of a row, and returns
// the domains that mail to it may go to. Of a domain that varies it returns the
// ending that does not.
func (p *Pattern) domains(row []string) ([]string, error) {
	addr, numbers := p.longest(row)
	if err := checkAddress(addr); err != nil {
		if addr == p.text {
			return nil, err
		}
		return nil, fmt.Errorf("%q %w", addr, err)
	}
	var all []string
	for _, s := range destinations(addr) {
		name, err := s.fixed(addr, numbers)
		if err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, nil
}

// A span is a part of an address.
type span struct{ from, to int }

// longest makes the longest address of a row, and returns where its numbers are.
func (p *Pattern) longest(row []string) (string, []span) {
	var addr []byte
	var numbers []span
	for _, v := range p.parts {
		from := len(addr)
		switch v.kind {
		case literalPart:
			addr = append(addr, v.literal...)
		case columnPart:
			addr = append(addr, row[v.index]...)
		case seqPart:
			addr = strconv.AppendUint(addr, math.MaxUint64, 10)
		case rangePart:
			addr = appendPadded(addr, v.low+v.span-1, v.width)
		}
		if v.kind == seqPart || v.kind == rangePart {
			numbers = append(numbers, span{from, len(addr)})
		}
	}
	return string(addr), numbers
}

// fixed returns the part s of an address. If there is a number in it, fixed returns
// the ending after the number, with a leading dot.
func (s span) fixed(addr string, numbers []span) (string, error) {
	name := addr[s.from:s.to]
	varies := 0
	for _, n := range numbers {
		if n.from < s.to && n.to > s.from {
			varies = n.to - s.from
		}
	}
	if varies > 0 {
		dot := strings.IndexByte(name[varies:], '.')
		if dot < 0 || name[0] == '[' {
			return "", errors.New("has a number in its domain and nothing fixed after it; user@host{1..9}.example.test would be right")
		}
		name = name[varies+dot:]
	}
	return strings.TrimSpace(strings.ReplaceAll(name, `\`, "")), nil // quoted pairs, in a local part
}

// destinations finds the domains in an address: its own, and those in its local
// part, by which some servers route (RFC 1123, section 5.2.16): user%to.here,
// to.here!user, and in quotes user@to.here and source routes.
func destinations(addr string) []span {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 { // postmaster
		return []span{{len(addr), len(addr)}}
	}
	local := span{0, at}
	if strings.HasPrefix(addr, `"`) {
		local = span{1, at - 1}
	}
	var all []span
	for from, before := local.from, byte(0); from <= local.to; {
		to, after := local.to, byte(0)
		if n := strings.IndexAny(addr[from:local.to], "@%!,:"); n >= 0 {
			to = from + n
			after = addr[to]
		}
		if (before == '@' || before == '%' || after == '!') && to > from {
			all = append(all, span{from, to})
		}
		from, before = to+1, after
	}
	return append(all, span{at + 1, len(addr)})
}

func isASCII[S string | []byte](s S) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
