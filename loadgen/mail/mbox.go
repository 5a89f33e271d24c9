package mail

import (
	"bytes"
	"fmt"
)

// splitMbox divides an mbox into its messages (RFC 4155, in the variety called
// mboxrd). A message begins after a separator that is at the start of the file or
// follows an empty line. Some writers do not quote lines that look like separators;
// the rule of the empty line still finds most of their messages. If a line begins
// with ">From ", with any number of ">", the writer has added one of these, and it is
// removed. The empty line at the end of a message is not part of it.
func splitMbox(name string, data []byte) []File {
	var all []File
	for len(data) > 0 {
		data = afterLine(data)
		end, quoted := messageEnd(data)
		msg := withoutLastEmptyLine(data[:end])
		if quoted {
			msg = unquote(msg)
		}
		all = append(all, File{Name: fmt.Sprintf("%s, message %d", name, len(all)+1), Data: msg})
		data = data[end:]
	}
	return all
}

// messageEnd returns where the next separator begins, and whether a line before it is
// quoted.
func messageEnd(data []byte) (end int, quoted bool) {
	empty := true // a message may be nothing but its separator
	for end < len(data) {
		line := firstLine(data[end:])
		if empty && isSeparator(line) {
			return end, quoted
		}
		quoted = quoted || isQuoted(line)
		empty = len(bytes.TrimRight(line, "\r\n")) == 0
		end += len(line)
	}
	return end, quoted
}

func isQuoted(line []byte) bool {
	return len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}

func unquote(msg []byte) []byte {
	out := make([]byte, 0, len(msg))
	for len(msg) > 0 {
		line := firstLine(msg)
		rest := msg[len(line):]
		if isQuoted(line) {
			line = line[1:]
		}
		out = append(out, line...)
		msg = rest
	}
	return out
}

// firstLine returns the first line with its end.
func firstLine(data []byte) []byte { return data[:len(data)-len(afterLine(data))] }

// afterLine returns what comes after the first line.
func afterLine(data []byte) []byte {
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	return rest
}

func withoutLastEmptyLine(msg []byte) []byte {
	rest, ended := bytes.CutSuffix(msg, []byte("\n"))
	rest = bytes.TrimSuffix(rest, []byte("\r"))
	if ended && (len(rest) == 0 || rest[len(rest)-1] == '\n') {
		return rest
	}
	return msg
}
