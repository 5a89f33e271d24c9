package human

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks a text into lines at its spaces. A word that is longer than a line is
// broken too. columns is 1 at least.
func Wrap(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for {
			joined := word
			if line != "" {
				joined = line + " " + word
			}
			if utf8.RuneCountInString(joined) <= columns {
				line = joined
				break
			}
			if line != "" {
				lines, line = append(lines, line), ""
				continue
			}
			head := string([]rune(word)[:columns])
			lines, word = append(lines, head), word[len(head):]
		}
	}
	return append(lines, line)
}
