package printable

import "strings"

// An ending says what comes after a piece of text.
type ending uint8

const (
	closed ending = iota // nothing
	open                 // nobody knows: it may make a command of what the piece ends in
)

// lineCommands are what lines begin with that GitHub's and Buildkite's runners
// take for commands, after spaces too.
var lineCommands = []string{"::", "--- ", "+++ ", "~~~ ", "^^^ "}

// beginsCommand tells whether what begins a line makes it a command.
func beginsCommand(text string, e ending) bool {
	for _, c := range lineCommands {
		if strings.HasPrefix(text, c) || e == open && strings.HasPrefix(c, text) {
			return true
		}
	}
	return false
}

// namesCommand tells whether what follows two # makes them a command, which
// Azure's, GitHub's and TeamCity's runners take anywhere in a line: ##vso[,
// ##[ and ##teamcity[.
func namesCommand(text string, e ending) bool {
	rest := strings.TrimLeftFunc(text, func(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' })
	return strings.HasPrefix(rest, "[") || e == open && rest == ""
}
