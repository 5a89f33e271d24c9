package sample

import (
	"fmt"
	"slices"
)

// nameOf finds the name of an enumeration's value, and gives the number of one
// that has none.
func nameOf[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("%T(%d)", value, uint8(value))
}

// valueOf finds the value that has a name; "" is none.
func valueOf[E ~uint8](name string, names []string) (E, bool) {
	i := slices.Index(names, name)
	if i < 0 || name == "" {
		return 0, false
	}
	return E(i), true
}
