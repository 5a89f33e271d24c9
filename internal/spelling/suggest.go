// Package spelling helps with names that somebody wrote nearly right.
package spelling

import (
	"fmt"
	"math"
	"strings"
)

// Suggest finds the known name that is closest to a misspelt one, and returns it as
// `did you mean "x"? `, to put before a list of all. It returns "" if none is close.
func Suggest(name string, known []string) string {
	best, least := nearest(name, known)
	if least > 1+len(name)/3 {
		return ""
	}
	return didYouMean(best)
}

func didYouMean(name string) string { return fmt.Sprintf("did you mean %q? ", name) }

// nearest returns the known name with the least distance, the first of several. The
// distance is that of no misspelling if there is none.
func nearest(name string, known []string) (best string, least int) {
	least = math.MaxInt
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best, least
}

// SuggestPath is Suggest for names of parts with dots between them, whose first parts may
// have been left out, or its last letters: p99 most likely means message.p99.
func SuggestPath(name string, known []string) string {
	best, least := nearest(name, known)
	if found, d := nearestEnd(name, known); d < least {
		return didYouMean(found)
	}
	if least > slight {
		for _, k := range known {
			if begins(name, k) {
				return didYouMean(k)
			}
		}
	}
	if least > 1+len(name)/3 {
		return ""
	}
	return didYouMean(best)
}

// begins tells whether a name is the first words of a known one.
func begins(name, known string) bool {
	rest, ok := strings.CutPrefix(known, strings.ToLower(name))
	return ok && name != "" && rest != "" && strings.ContainsRune("._", rune(rest[0]))
}

// IsNearPath tells whether hardly anything but a known name, or the end of one, can be
// meant: at most two letters are wrong, and not a third of them.
func IsNearPath(name string, known []string) bool {
	_, whole := nearest(name, known)
	_, end := nearestEnd(name, known)
	d := min(whole, end)
	return d <= slight && 3*d < len(name)
}

// slight is how many letters may be wrong in a name whose beginning is missing too.
const slight = 2

// nearestEnd returns the known name that ends nearly as the name does, after a dot.
func nearestEnd(name string, known []string) (best string, least int) {
	least = math.MaxInt
	for _, k := range known {
		for _, end, more := strings.Cut(k, "."); more; _, end, more = strings.Cut(end, ".") {
			d := distance(strings.ToLower(name), strings.ToLower(end))
			if d < least && d <= slight && 2*d < len(name) {
				best, least = k, d
			}
		}
	}
	return best, least
}

// distance returns the edit distance of Levenshtein. If the lengths differ by more than
// 8, it returns that difference.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 8 || d < -8 {
		return max(d, -d)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
