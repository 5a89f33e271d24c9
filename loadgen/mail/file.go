package mail

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxFilesSize is how many octets ReadFiles reads in all.
const maxFilesSize = 1 << 30

// ReadFiles reads messages from an .eml file, a folder of them, or an mbox.
//
// A file that begins with "From " is an mbox, unless it is named .eml; any
// other is one message. Of a folder, all files are read in the order of their
// names, but for those hidden by a dot and those of folders within. A message
// may have 64 MiB, all together 1 GiB.
func ReadFiles(fsys fs.FS, name string) ([]File, error) {
	names, err := messageFiles(fsys, name)
	if err != nil {
		return nil, err
	}
	var all []File
	left := int64(maxFilesSize)
	for _, n := range names {
		data, err := readFile(fsys, n, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		messages := []File{{Name: n, Data: data}}
		if bytes.HasPrefix(data, []byte("From ")) {
			messages = splitMbox(n, data)
			if strings.EqualFold(path.Ext(n), ".eml") {
				messages = []File{{Name: n, Data: afterLine(data)}} // exported by a careless program
			}
		}
		for _, m := range messages {
			if len(m.Data) > MaxFileSize {
				return nil, fmt.Errorf("%s: the message has %d octets; the limit is %d", m.Name, len(m.Data), MaxFileSize)
			}
		}
		all = append(all, messages...)
	}
	return all, nil
}

func messageFiles(fsys fs.FS, name string) ([]string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	entries, err := fs.ReadDir(fsys, name) // sorted
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		n := path.Join(name, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := fs.Stat(fsys, n) // follows links, which e does not
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no message in this folder; a file each would be right", name)
	}
	return names, nil
}

func readFile(fsys fs.FS, name string, left int64) (data []byte, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	data, err = io.ReadAll(io.LimitReader(f, left+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > left {
		return nil, fmt.Errorf("%s: the messages have more than %d octets together; fewer of them would do", name, int64(maxFilesSize))
	}
	return data, nil
}
