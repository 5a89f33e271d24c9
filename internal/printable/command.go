package printable

import "strings"

// An ending says what comes after a piece of text.
type ending uint8

const (
	closed ending = iota // nothing
	open                 // something unknown, which may complete a command
)

// lineCommands are the beginnings of lines that the runners of GitHub and Buildkite take
// for commands, even after spaces.
var lineCommands = []string{"::", "--- ", "+++ ", "~~~ ", "^^^ "}

// beginsCommand tells whether a line that begins with text is a command.
func beginsCommand(text string, e ending) bool {
	for _, c := range lineCommands {
		if strings.HasPrefix(text, c) || e == open && strings.HasPrefix(c, text) {
			return true
		}
	}
	return false
}

// namesCommand tells whether text after two # makes a command. The runners of Azure, GitHub
// and TeamCity take these anywhere in a line: ##vso[, ##[ and ##teamcity[.
func namesCommand(text string, e ending) bool {
	rest := strings.TrimLeftFunc(text, func(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' })
	return strings.HasPrefix(rest, "[") || e == open && rest == ""
}
