package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// SizePattern matches every size.
const SizePattern = `^[0-9]+(\.[0-9]+)? ?(B|KB|MB|GB|KiB|MiB|GiB)$`

// ErrNoSize is the error for a text that does not look like a size.
var ErrNoSize = errors.New("want a size such as 512B, 20KiB or 2MB")

var (
	sizeRegexp = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)$`)

	// Powers of ten, and of two with an i, as in IEC 80000-13.
	sizeUnits = map[string]float64{
		"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}
)

// ParseSize reads a number of octets. The error is ErrNoSize, or says what of a size is
// wrong.
func ParseSize(text string) (float64, error) {
	if whole.MatchString(text) {
		return 0, errors.New("a unit is missing (B, KB, MB, GB, KiB, MiB, GiB)")
	}
	m := sizeRegexp.FindStringSubmatch(text)
	if m == nil {
		return 0, ErrNoSize
	}
	unit, ok := sizeUnits[m[2]]
	if !ok {
		return 0, fmt.Errorf("no unit %s: known are B, KB, MB, GB, KiB, MiB, GiB", m[2])
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, ErrNoSize
	}
	return v * unit, nil
}
