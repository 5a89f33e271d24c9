package sample

// Switch is a choice that may be left to what the server offers.
type Switch uint8

// The three positions of a Switch.
const (
	Auto Switch = iota // as EHLO offers
	On                 // always
	Off                // never
)

var switchNames = []string{"auto", "on", "off"}

// String returns the position as it stands in scenarios and results.
func (s Switch) String() string { return nameOf(s, switchNames) }
