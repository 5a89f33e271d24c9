package sample

// A Switch turns something on or off, or leaves that to what the server offers.
type Switch uint8

// The three positions of a Switch.
const (
	Auto Switch = iota // on if EHLO offers it
	On                 // always
	Off                // never
)

var switchNames = []string{"auto", "on", "off"}

// String returns the position's name as it stands in scenarios and results.
func (s Switch) String() string { return nameOf(s, switchNames) }
