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

// Domains returns the domains the pattern's addresses have, sorted: all of
// them where they are fixed or from the table, and what they end in, with a
// leading dot, where a number is part of the domain ("u@host{1..9}.a.test"
// gives ".a.test"). Postmaster alone has none: "". It checks every address that can come of the table. Errors
// are *PatternError. t may be nil where the pattern names no column.
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
		d, err := b.domain(row)
		if err != nil { // of a table: ParsePattern checked the others
			return nil, &PatternError{Pattern: p.text, Reason: fmt.Sprintf("in row %d of the table %v", i+1, err)}
		}
		if len(all) == 0 || all[len(all)-1] != d { // mostly they are all the same
			all = append(all, d)
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

// domain checks the longest address the pattern makes of a row, and returns
// its domain, or the fixed ending of one that varies.
func (p *Pattern) domain(row []string) (string, error) {
	var addr []byte
	varies := 0 // where the last number ended
	for _, v := range p.parts {
		switch v.kind {
		case literalPart:
			addr = append(addr, v.literal...)
		case columnPart:
			addr = append(addr, row[v.index]...)
		case seqPart:
			addr = strconv.AppendUint(addr, math.MaxUint64, 10)
			varies = len(addr)
		case rangePart:
			addr = appendPadded(addr, v.low+v.span-1, v.width)
			varies = len(addr)
		}
	}
	if err := checkAddress(string(addr)); err != nil {
		if string(addr) == p.text {
			return "", err
		}
		return "", fmt.Errorf("%q %w", addr, err)
	}
	if isPostmaster(addr) {
		return "", nil
	}
	domain := string(addr[strings.LastIndexByte(string(addr), '@')+1:])
	varies -= len(addr) - len(domain)
	if varies <= 0 {
		return domain, nil
	}
	dot := strings.IndexByte(domain[varies:], '.')
	if dot < 0 || domain[0] == '[' {
		return "", errors.New("has a number in its domain and nothing fixed after it; user@host{1..9}.example.test would be right")
	}
	return domain[varies+dot:], nil
}

func isASCII[S string | []byte](s S) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
