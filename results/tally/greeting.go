package tally

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The bounds of greetings: a server may say anything, and servers that share an
// address may each say something else.
const (
	MaxGreetings = 8  // a flow
	maxOffers    = 32 // lines of one EHLO; further lines become one …
	maxOffer     = 1024
)

// A Greeting is how a server introduced itself to a flow's sessions.
type Greeting struct {
	Address string   `json:"address,omitempty"` // of the server; "" for a Unix socket, and in files of earlier versions
	Banner  string   `json:"banner"`
	EHLO    string   `json:"ehlo,omitempty"`        // the name that the client gave; "" in files of earlier versions, as for what follows
	Name    string   `json:"server_name,omitempty"` // that the server gave in its reply
	Clear   []string `json:"offers,omitempty"`      // by EHLO in the clear, a line each
	Secure  []string `json:"offers_tls,omitempty"`  // by EHLO under TLS

	TLS *Security `json:"tls,omitempty"` // nil in the clear
}

// NewGreeting keeps a greeting from an address, within the bounds.
func NewGreeting(from netip.Addr, g *sample.Greeting) Greeting {
	bounded := func(lines []string) []string {
		if len(lines) > maxOffers {
			lines = append(slices.Clone(lines[:maxOffers-1]), "…")
		}
		return lines
	}
	kept := Greeting{
		Banner: g.Banner, EHLO: g.EHLO, Name: g.Name, Clear: bounded(g.Clear), Secure: bounded(g.Secure), TLS: newSecurity(g.TLS),
	}
	if from.IsValid() {
		kept.Address = from.String()
	}
	return kept
}

// alike tells whether two greetings are the same, apart from what a banner says
// differently in each session.
func (g *Greeting) alike(o *Greeting) bool {
	return g.Address == o.Address && (g.Banner == o.Banner || LastingBanner(g.Banner) == LastingBanner(o.Banner)) &&
		g.EHLO == o.EHLO && g.Name == o.Name && slices.Equal(g.Clear, o.Clear) && slices.Equal(g.Secure, o.Secure) && g.TLS.Equal(o.TLS)
}

// Check refuses a greeting of a run file that is beyond the bounds.
func (g *Greeting) Check() error {
	for _, lines := range [][]string{append(g.TLS.texts(), g.Address, g.Banner, g.EHLO, g.Name), g.Clear, g.Secure} {
		if err := checkLines(lines); err != nil {
			return err
		}
	}
	return g.TLS.check()
}

func checkLines(lines []string) error {
	if len(lines) > maxOffers {
		return fmt.Errorf("a greeting of %d lines, want at most %d", len(lines), maxOffers)
	}
	for _, l := range lines {
		if len(l) > maxOffer {
			return fmt.Errorf("a greeting with a line of %d octets, want at most %d", len(l), maxOffer)
		}
	}
	return nil
}

// Greetings are the different greetings of a flow's servers.
type Greetings struct {
	List []Greeting
	More bool // there were further ones, beyond MaxGreetings
}

// Add adds a greeting, and tells whether it is new. The first one beyond MaxGreetings
// is new too, and is not kept.
func (g *Greetings) Add(x Greeting) bool {
	switch {
	case slices.ContainsFunc(g.List, func(known Greeting) bool { return known.alike(&x) }):
		return false
	case len(g.List) < MaxGreetings:
		g.List = append(g.List, x)
		return true
	}
	first := !g.More
	g.More = true
	return first
}

// Merge adds other greetings.
func (g *Greetings) Merge(from Greetings) {
	for _, x := range from.List {
		g.Add(x)
	}
	g.More = g.More || from.More
}
