// Package human writes durations, sizes, rates, shares and counts as people read
// them, and the same one in the same way everywhere: three significant digits,
// and a unit that fits.
package human
