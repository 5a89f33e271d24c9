package tally

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The bounds of greetings: what a server says of itself is foreign, and servers
// that share an address may each say something else.
const (
	MaxGreetings = 4  // a flow
	maxOffers    = 32 // lines of one EHLO; those beyond are told as one of dots
	maxOffer     = 1024
)

// A Greeting is how a server introduced itself to a flow's sessions.
type Greeting struct {
	Address string   `json:"address,omitempty"` // it was connected to at; none for a Unix socket, and in files of earlier versions
	Banner  string   `json:"banner"`
	Clear   []string `json:"offers,omitempty"`     // by EHLO in the clear, a line each
	Secure  []string `json:"offers_tls,omitempty"` // by EHLO under TLS
}

func NewGreeting(from netip.Addr, g *sample.Greeting) Greeting {
	bounded := func(lines []string) []string {
		if len(lines) > maxOffers {
			lines = append(slices.Clone(lines[:maxOffers-1]), "…")
		}
		return lines
	}
	kept := Greeting{Banner: g.Banner, Clear: bounded(g.Clear), Secure: bounded(g.Secure)}
	if from.IsValid() {
		kept.Address = from.String()
	}
	return kept
}

// alike tells whether two greetings are the same but for what a banner says
// anew to each session.
func (g *Greeting) alike(o *Greeting) bool {
	return g.Address == o.Address && (g.Banner == o.Banner || LastingBanner(g.Banner) == LastingBanner(o.Banner)) && slices.Equal(g.Clear, o.Clear) && slices.Equal(g.Secure, o.Secure)
}

// Check refuses what no server's greeting is kept as.
func (g *Greeting) Check() error {
	for _, lines := range [][]string{{g.Address, g.Banner}, g.Clear, g.Secure} {
		if len(lines) > maxOffers {
			return fmt.Errorf("a greeting of %d lines, want at most %d", len(lines), maxOffers)
		}
		for _, l := range lines {
			if len(l) > maxOffer {
				return fmt.Errorf("a greeting with a line of %d octets, want at most %d", len(l), maxOffer)
			}
		}
	}
	return nil
}

// Greetings are the different ones that a flow has heard.
type Greetings struct {
	List []Greeting
	More bool // there were others, beyond MaxGreetings
}

// hear takes a greeting and tells whether it is news.
func (g *Greetings) Add(x Greeting) bool {
	switch {
	case slices.ContainsFunc(g.List, func(known Greeting) bool { return known.alike(&x) }):
		return false
	case len(g.List) < MaxGreetings:
		g.List = append(g.List, x)
		return true
	}
	news := !g.More
	g.More = true
	return news
}

func (g *Greetings) Merge(from Greetings) {
	for _, x := range from.List {
		g.Add(x)
	}
	g.More = g.More || from.More
}

const (
	dayName   = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*`
	monthName = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`
	clockTime = `[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?`
	timeZone  = `(?: ?(?:[+-][0-9]{2}:?[0-9]{2}|Z\b|[A-Z]{2,5}\b))?(?: \([A-Z]{2,5}\))?`
)

// passing is what a banner says anew to each session, and what stands in its
// place when banners are compared. Versions are none of it: they are what a
// comparison has to tell.
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

// lasting is what of a banner two sessions with one server have in common: its
// first word, which names the host, as it is, and the rest without times and
// without the ids of sessions.
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

// turns is how often a word goes from letters to digits and back: seldom in a
// version such as 4.96-15+deb12u4, often in an id such as 5b1f17b1804b1-4a0b0c.
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
