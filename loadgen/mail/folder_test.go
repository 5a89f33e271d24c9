package mail

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadFolder(t *testing.T) {
	const mail = "Received: by x\n (more)\nSubject: a\n\nx\n"
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"m/2.eml":                       file("x\n"), // by its name, whatever is in it
		"m/1":                           file(mail),
		"m/00001.7c53336b37003a9286":    file("\xef\xbb\xbfReturn-Path: <a@x.test>\n\nx\n"),
		"m/box":                         file(separator + "Subject: b\n\nx\n"),
		"m/README.md":                   file("# how these were made\n"),
		"m/Thumbs.db":                   file("\x00\x01\x02\x03"),
		"m/notes.txt":                   file("Note: a\nAuthor: b\n\nFrom: c\n"),
		"m/3.eml.gz":                    file("\x1f\x8b\x08"),
		"m/1~":                          file(mail),
		"m/2.eml.bak":                   file(mail),
		"m/empty":                       file(""),
		"m/sub/4.eml":                   file(mail),
		"m/pipe.eml":                    {Mode: fs.ModeNamedPipe},
		"m/.DS_Store":                   file("\x00"),
		"m/._2.eml":                     file("\x00"),
		"few/a.eml":                     file(mail),
		"few/README":                    file("read me\n"),
		"Maildir/cur/1.M5P1.host:2,S":   file("no header\n"),
		"Maildir/new/2.M6P1.host":       file(mail),
		"Maildir/tmp/3.M7P1.host":       file(mail),
		"Maildir/cur/.hidden":           file(mail),
		"Maildir/dovecot-uidlist":       file("3 V1\n"),
		"Maildir/.Sent/cur/4.M8P1.host": file(mail),
	}
	for _, test := range []struct {
		name  string
		files []string
		notes []string
	}{
		{"m", []string{"m/00001.7c53336b37003a9286", "m/1", "m/2.eml", "m/box, message 1"},
			[]string{"left out, since it is no mail: 1~, 2.eml.bak, 3.eml.gz and 6 more"}},
		{"few", []string{"few/a.eml"}, []string{"left out, since it is no mail: README"}},
		{"Maildir", []string{"Maildir/cur/1.M5P1.host:2,S", "Maildir/new/2.M6P1.host"}, []string{"left out, since it is no mail: dovecot-uidlist"}},
		{"Maildir/new", []string{"Maildir/new/2.M6P1.host"}, nil},
	} {
		box, err := ReadFiles(fsys, test.name)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var names []string
		for _, f := range box.Files {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, test.files) || !slices.Equal(box.Notes, test.notes) {
			t.Errorf("%s: %q, want %q; notes %q, want %q", test.name, names, test.files, box.Notes, test.notes)
		}
	}
}

func TestReadFolderFaults(t *testing.T) {
	fsys := fstest.MapFS{
		"few/a.eml":      {Data: []byte("x")},
		"hidden/.keep":   {},
		"none/README.md": {Data: []byte("# mail\n")},
		"none/Thumbs.db": {Data: []byte("\x00")},
		"link/a.eml":     {Data: []byte("x")},
		"link/b.eml":     {Data: []byte("nowhere"), Mode: fs.ModeSymlink},
		"Maildir/cur/.k": {},
		"Maildir/new/.k": {},
		"sick/a.eml":     {Data: []byte("\xff\xfea")},
	}
	for _, test := range []struct {
		fsys fs.FS
		name string
		want string
	}{
		{fsys, "hidden", "read hidden: no mail in this folder: want files named .eml, or that begin with a header"},
		{fsys, "none", "there is README.md, Thumbs.db"},
		{fsys, "Maildir", "read Maildir: no mail"},
		{fsys, "link", `read link/b.eml: is a link to "nowhere", which is not there`},
		{fsys, "sick", "read sick/a.eml: is UTF-16"},
		{crowd{fsys}, "few", "read few: has more than 250000 files"},
	} {
		if _, err := ReadFiles(test.fsys, test.name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want %q: %v", test.name, test.want, err)
		}
	}
}

// A crowd is a file system whose folders have files without end.
type crowd struct{ fs.FS }

func (c crowd) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return crowded{f.(fs.ReadDirFile)}, nil
}

type crowded struct{ fs.ReadDirFile }

func (c crowded) ReadDir(n int) ([]fs.DirEntry, error) {
	first, err := c.ReadDirFile.ReadDir(1)
	return slices.Repeat(first, n), err
}

// FuzzReadFiles reads octets as a file of mail of each kind, and makes mail of what it
// finds.
func FuzzReadFiles(f *testing.F) {
	for _, seed := range []string{
		twoInAnMbox, "\xef\xbb\xbfA: 1\r\r\n\r\r\n.x\r", "\xff\xfeA\x00:\x00\n\x00", separator, "From x\nA: 1\n\n\x00", "Subject: a\n b\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		fsys := fstest.MapFS{"m/a.eml": {Data: data}, "m/box": {Data: data}}
		for _, name := range []string{"m/a.eml", "m/box", "m"} {
			box, err := ReadFiles(fsys, name)
			if err != nil {
				continue
			}
			if len(box.Files) == 0 {
				t.Fatalf("%s: neither mail nor a fault", name)
			}
			_, _ = store(box.Files) // a fault is as good as mail
		}
		if !bytes.Equal(before, data) {
			t.Fatal("the data was written to")
		}
	})
}
