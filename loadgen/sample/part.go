package sample

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
	return nameOf(p, partNames[:])
}

// ParsePart finds a part by its name.
func ParsePart(name string) (Part, bool) {
	return valueOf[Part](name, partNames[:])
}
