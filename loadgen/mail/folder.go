package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
)

const (
	// maxFolder is how many files a folder may have.
	maxFolder = 250_000
	// headSize is how much of a file shows whether it is mail.
	headSize = 16 << 10
)

// mailFields are header fields that only mail begins with.
var mailFields = []string{"From", "Subject", "Received", "Return-Path", "Delivered-To", "Message-ID", "MIME-Version"}

// backupSuffixes are what editors and other programs add to the names of copies and
// unfinished files.
var backupSuffixes = []string{"~", ".bak", ".old", ".orig", ".part", ".swp", ".tmp"}

// listFolder returns the names of the files in a folder that are mail, and of what
// else is in it.
func listFolder(fsys fs.FS, name string) (mail, others []string, err error) {
	entries, err := entriesOf(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	maildir := isMaildir(entries)
	for _, e := range entries {
		n := path.Join(name, e.Name())
		if maildir && e.IsDir() && slices.Contains(maildirFolders, e.Name()) {
			continue
		}
		is, err := isMail(fsys, n)
		switch {
		case err != nil:
			return nil, nil, err
		case is && !maildir:
			mail = append(mail, n)
		default:
			others = append(others, e.Name())
		}
	}
	if maildir {
		if mail, err = listMaildir(fsys, name); err != nil {
			return nil, nil, err
		}
	}
	if len(mail) == 0 {
		reason := "no mail in this folder: want files named .eml, or that begin with a header"
		if len(others) > 0 {
			reason += "; there is " + someOf(others)
		}
		return nil, nil, &fs.PathError{Op: "read", Path: name, Err: errors.New(reason)}
	}
	return mail, others, nil
}

// entriesOf returns what is in a folder, sorted by name, without what is hidden.
func entriesOf(fsys fs.FS, name string) ([]fs.DirEntry, error) {
	entries, err := textfile.List(fsys, name, maxFolder)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }), nil
}

// maildirFolders are what makes a folder a Maildir. Mail in tmp has not been
// delivered.
var maildirFolders = []string{"cur", "new", "tmp"}

func isMaildir(entries []fs.DirEntry) bool {
	found := 0
	for _, e := range entries {
		if e.IsDir() && (e.Name() == "cur" || e.Name() == "new") {
			found++
		}
	}
	return found == 2
}

// listMaildir returns the messages of a Maildir. All files in it are messages,
// whatever their names.
func listMaildir(fsys fs.FS, name string) ([]string, error) {
	var mail []string
	for _, within := range []string{"cur", "new"} {
		folder := path.Join(name, within)
		entries, err := entriesOf(fsys, folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			n := path.Join(folder, e.Name())
			info, err := textfile.Stat(fsys, n)
			if err != nil {
				return nil, err
			}
			if info.Mode().IsRegular() {
				mail = append(mail, n)
			}
		}
	}
	return mail, nil
}

// isMail tells by a file's name or by its beginning whether it has messages in it.
func isMail(fsys fs.FS, name string) (bool, error) {
	info, err := textfile.Stat(fsys, name) // follows links
	switch {
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, nil
	case isOneMessage(name):
		return true, nil
	case slices.ContainsFunc(backupSuffixes, func(end string) bool { return strings.HasSuffix(name, end) }):
		return false, nil
	}
	head, err := textfile.Head(fsys, name, headSize)
	if err != nil {
		return false, err
	}
	text, err := textfile.Decode(head)
	if err != nil {
		return false, nil // no text
	}
	return beginsAsMail(text), nil
}

// beginsAsMail tells whether text begins with the header of a message, or with
// the line that begins one in an mbox.
func beginsAsMail(text []byte) bool {
	if isSeparator(firstLine(text)) {
		return true
	}
	for start := text; len(text) > 0; text = afterLine(text) {
		line := firstLine(text)
		name, isField := fieldName(line)
		folded := len(text) < len(start) && (line[0] == ' ' || line[0] == '\t')
		switch {
		case isField && slices.ContainsFunc(mailFields, func(t string) bool { return strings.EqualFold(t, string(name)) }):
			return true
		case !isField && !folded:
			return false
		}
	}
	return false
}

// leave notes what is in the folder and is not sent.
func (b *Mailbox) leave(others []string) {
	if len(others) > 0 {
		b.Notes = append(b.Notes, "left out, since it is no mail: "+someOf(others))
	}
}

// someOf lists the first few names and counts the rest.
func someOf(names []string) string {
	const most = 3
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
