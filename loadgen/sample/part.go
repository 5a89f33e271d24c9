package sample

// A Part is one of the times that a phase has.
type Part uint8

// The times of a phase. Response and Lag exist for spans under open load only.
const (
	Service  Part = iota // how long the server took
	Response             // from when the arrival was due to the end of the span
	Lag                  // from when the arrival was due to when it began

	NumParts int = iota
)

var partNames = [NumParts]string{"service", "response", "lag"}

// String returns the part's name as it stands in scenarios and results.
func (p Part) String() string {
	return nameOf(p, partNames[:])
}

// ParsePart finds a part by its name.
func ParsePart(name string) (Part, bool) {
	return valueOf[Part](name, partNames[:])
}
