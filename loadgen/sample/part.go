package sample

import (
	"fmt"
	"slices"
)

// Part says which time of a phase is meant.
type Part uint8

// The times of a phase. Response and Lag exist for spans under open load.
const (
	Service Part = iota
	Response
	Lag

	NumParts int = iota
)

var partNames = [NumParts]string{"service", "response", "lag"}

// String returns the part as it stands in scenarios and results.
func (p Part) String() string {
	if int(p) < NumParts {
		return partNames[p]
	}
	return fmt.Sprintf("part(%d)", uint8(p))
}

// ParsePart finds a part by its name.
func ParsePart(name string) (Part, bool) {
	i := slices.Index(partNames[:], name)
	return Part(max(0, i)), i >= 0
}
