package check

import (
	"slices"
	"strconv"
	"strings"
)

// An offer is what EHLO offers (RFC 5321 section 4.1.1.1): arguments by keyword, in
// upper case.
type offer map[string][]string

// offerIn reads the lines of a reply to EHLO, but its first.
func offerIn(lines []string) offer {
	o := offer{}
	for _, line := range lines {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) == 0 {
			continue
		}
		keyword, args := words[0], words[1:]
		// It was written AUTH=LOGIN before RFC 2554, and some servers still do.
		if first, old := strings.CutPrefix(keyword, "AUTH="); old {
			keyword, args = "AUTH", append([]string{first}, args...)
		}
		for _, a := range args {
			if !slices.Contains(o[keyword], a) {
				o[keyword] = append(o[keyword], a)
			}
		}
		if o[keyword] == nil {
			o[keyword] = []string{}
		}
	}
	return o
}

// has tells whether a keyword is offered.
func (o offer) has(keyword string) bool { return o[keyword] != nil }

// number returns the first argument of a keyword; 0 if it is no number.
func (o offer) number(keyword string) int64 {
	if len(o[keyword]) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(o[keyword][0], 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
