package sample

import (
	"fmt"
	"slices"
)

// nameOf returns the name of an enumeration's value, or its type and number if it
// has no name.
func nameOf[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("%T(%d)", value, uint8(value))
}

// valueOf finds the value that has a name. No value is found by the name "".
func valueOf[E ~uint8](name string, names []string) (E, bool) {
	i := slices.Index(names, name)
	if i < 0 || name == "" {
		return 0, false
	}
	return E(i), true
}
