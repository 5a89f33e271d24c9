package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
)

// maxFilesSize is how many octets ReadFiles reads in all.
const maxFilesSize = 1 << 30

// A Mailbox is the mail that was found under one name.
type Mailbox struct {
	Files []File
	Notes []string // for the user: what was left out, and what servers may refuse
}

// ReadFiles reads messages from an .eml file, an mbox, or a folder of such
// files, which may be a Maildir.
//
// A file named .eml is one message. Any other file is an mbox if it begins with
// From, an address and a date (RFC 4155), and one message if it does not.
//
// Of a folder, ReadFiles reads the files that are mail, in the order of their names:
// those that are named .eml, and those that begin with a header or as an mbox does.
// Of a Maildir it reads all files in cur and new. It ignores hidden files, and does
// not go into other folders.
//
// UTF-16 and byte order marks are decoded. A message may have 64 MiB, and all
// together 1 GiB. Errors are *fs.PathError, which name the file.
func ReadFiles(fsys fs.FS, name string) (Mailbox, error) {
	var box Mailbox
	info, err := textfile.Stat(fsys, name)
	if err != nil {
		return box, err
	}
	names := []string{name}
	if info.IsDir() {
		var leftOut []string
		if names, leftOut, err = listFolder(fsys, name); err != nil {
			return box, err
		}
		box.leave(leftOut)
	}
	left := int64(maxFilesSize)
	for _, n := range names {
		messages, size, err := readMessages(fsys, n, left)
		if err != nil {
			return box, err
		}
		left -= size
		box.Files = append(box.Files, messages...)
	}
	box.noteLongLines()
	return box, nil
}

// readMessages reads one file, and returns how many octets it has.
func readMessages(fsys fs.FS, name string, left int64) ([]File, int64, error) {
	fault := func(err error) ([]File, int64, error) {
		return nil, 0, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	most := left
	if isOneMessage(name) {
		most = min(most, MaxFileSize)
	}
	data, err := textfile.Read(fsys, name, most)
	if tooLarge := textfile.TooLarge(0); errors.As(err, &tooLarge) && most == left {
		return fault(fmt.Errorf("the messages have more than %d octets together: want fewer of them", int64(maxFilesSize)))
	}
	if err != nil {
		return nil, 0, err
	}
	text, err := textfile.Decode(data)
	if err != nil {
		return fault(err)
	}
	messages, err := split(name, text)
	if err != nil {
		return fault(err)
	}
	for _, m := range messages {
		if len(m.Data) > MaxFileSize {
			return fault(fmt.Errorf("a message has %d octets; the limit is %d", len(m.Data), MaxFileSize))
		}
	}
	return messages, int64(len(data)), nil
}

// split divides the text of a file into its messages.
func split(name string, text []byte) ([]File, error) {
	first := bytes.TrimLeft(text, "\r\n")
	switch {
	case isOneMessage(name):
		return []File{{Name: name, Data: withoutSeparator(text)}}, nil
	case isSeparator(firstLine(first)):
		return splitMbox(name, first), nil
	case hasSuffix(name, ".mbox"), bytes.HasPrefix(first, []byte("From ")):
		return nil, errors.New("is no mbox: its first line wants From, an address and a date (RFC 4155)")
	}
	return []File{{Name: name, Data: text}}, nil
}

// withoutSeparator removes the line that begins a message in an mbox. Some programs
// leave it there when they export a message.
func withoutSeparator(text []byte) []byte {
	if line := firstLine(text); isSeparator(line) || bytes.HasPrefix(line, []byte("From ")) && isField(firstLine(afterLine(text))) {
		return afterLine(text)
	}
	return text
}

// isOneMessage tells whether a file is one message, whatever it begins with.
func isOneMessage(name string) bool { return hasSuffix(name, ".eml") }

func hasSuffix(name, suffix string) bool { return strings.EqualFold(path.Ext(name), suffix) }

// maxLine is how long a line may be without the CRLF that ends it (RFC 5322,
// 2.1.1).
const maxLine = 998

// noteLongLines notes the messages with lines that are longer than mail may have.
// They are sent as they are: some servers take them.
func (b *Mailbox) noteLongLines() {
	count, first := 0, ""
	for i := range b.Files {
		if line := longLine(b.Files[i].Data); line > 0 {
			if count++; count == 1 {
				first = fmt.Sprintf("%s in line %d", b.Files[i].Name, line)
			}
		}
	}
	if count > 0 {
		b.Notes = append(b.Notes, fmt.Sprintf("messages with lines over %d octets: %d, the first of them %s; RFC 5322, 2.1.1 forbids those, and servers break or refuse them", maxLine, count, first))
	}
}

// longLine returns the number of the first line that is too long, 0 for none.
func longLine(text []byte) int {
	for number := 1; len(text) > 0; number++ {
		rest := afterLine(text)
		if len(text)-len(rest) > maxLine && len(bytes.TrimRight(text[:len(text)-len(rest)], "\r\n")) > maxLine {
			return number
		}
		text = rest
	}
	return 0
}
