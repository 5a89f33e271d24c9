package tally

import (
	"regexp"
	"strings"
)

const (
	dayName   = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*`
	monthName = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`
	clockTime = `[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?`
	timeZone  = `(?: ?(?:[+-][0-9]{2}:?[0-9]{2}|Z\b|[A-Z]{2,5}\b))?(?: \([A-Z]{2,5}\))?`
)

// changingParts are what a banner says differently in each session, and what replaces
// them when banners are compared. Versions are not among them: a comparison is to
// show those.
var changingParts = []struct {
	found *regexp.Regexp
	as    string
}{
	// Tue, 24 Nov 2026 14:46:33 +0000 (UTC), as in mail (RFC 5322).
	{regexp.MustCompile(`(?:` + dayName + `,? )?[0-9]{1,2} ` + monthName + ` [0-9]{4} ` + clockTime + timeZone), "<time>"},
	// Tue Nov 24 14:46:33 UTC 2026, as C's asctime and date(1) have it.
	{regexp.MustCompile(`(?:` + dayName + ` )?` + monthName + ` +[0-9]{1,2} ` + clockTime + timeZone + `(?: [0-9]{4})?`), "<time>"},
	// 2026-11-24T14:46:33Z (ISO 8601).
	{regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]` + clockTime + timeZone), "<time>"},
	{regexp.MustCompile(`\b[0-9]{1,2}:[0-9]{2}:[0-9]{2}\b`), "<time>"},
	// <1896.697170952@host>, as servers with APOP in their line have it.
	{regexp.MustCompile(`<[0-9][0-9.]*@`), "<id@"},
	{regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`), "<id>"},
	// Seconds since an epoch, and counters.
	{regexp.MustCompile(`[0-9]{9,}`), "<number>"},
}

// inBrackets is a number or an id such as [08DA1234ABCD] or (C45BBE).
var inBrackets = regexp.MustCompile(`^[\[(][0-9A-Fa-f]{6,}[\])]$`)

// LastingBanner is the part of a banner that is the same in each session with one
// server: its first word, which names the host, and the rest without times and ids of
// sessions.
func LastingBanner(banner string) string {
	host, rest, found := strings.Cut(banner, " ")
	if !found {
		return banner
	}
	for _, p := range changingParts {
		rest = p.found.ReplaceAllLiteralString(rest, p.as)
	}
	words := strings.Split(rest, " ")
	for i, w := range words {
		if turns(w) >= 5 || inBrackets.MatchString(w) && strings.ContainsAny(w, "0123456789") {
			words[i] = "<id>"
		}
	}
	return host + " " + strings.Join(words, " ")
}

// turns is how often a word changes between letters and digits: seldom in a version
// such as 4.96-15+deb12u4, often in an id such as 5b1f17b1804b1-4a0b0c.
func turns(word string) int {
	n, last := 0, byte(0)
	for i := range len(word) {
		kind := byte(0)
		switch c := word[i]; {
		case '0' <= c && c <= '9':
			kind = 'd'
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			kind = 'l'
		default:
			continue
		}
		if last != 0 && kind != last {
			n++
		}
		last = kind
	}
	return n
}
