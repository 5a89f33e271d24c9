package mail

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// behind returns what a stored message has after the fields that were put before it.
func behind(t *testing.T, raw string) string {
	t.Helper()
	lines := strings.SplitN(raw, "\r\n", 3)
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "Date: ") || !strings.HasPrefix(lines[1], "Message-ID: <") {
		t.Fatalf("no fresh Date and Message-ID in %q", raw)
	}
	return lines[2]
}

func TestStoredMessage(t *testing.T) {
	for _, tc := range []struct{ name, data, want string }{
		{"as it is", "Subject: a\r\n\r\ntext\r\n", "Subject: a\r\n\r\ntext\r\n"},
		{"line feeds", "Subject: a\n\ntext\n", "Subject: a\r\n\r\ntext\r\n"},
		{"carriage returns", "Subject: a\r\rtext\r", "Subject: a\r\n\r\ntext\r\n"},
		{"mixed, and CR CR LF", "Subject: a\n\r\na\r\r\nb\n", "Subject: a\r\n\r\na\r\n\r\nb\r\n"},
		{"no end of the last line", "Subject: a\n\ntext", "Subject: a\r\n\r\ntext\r\n"},
		{"old identity", "A: 1\nDate: then\nmessage-id:\n <x@y>\nMessage-Id : <z>\nDated: b\n\nDate: in the text\n",
			"A: 1\r\nDated: b\r\n\r\nDate: in the text\r\n"},
		{"folded", "Date: then\n or not\nA: 1\n 2\n\nb\n", "A: 1\r\n 2\r\n\r\nb\r\n"},
		{"no header", "Dear all,\n\nDate: x\n", "\r\nDear all,\r\n\r\nDate: x\r\n"},
		{"no header, indented", " text\n", "\r\n text\r\n"},
		{"empty line first", "\ntext\n", "\r\ntext\r\n"},
		{"header breaks off", "A: 1\ntext: no\nmore text\nDate: x\n", "A: 1\r\ntext: no\r\n\r\nmore text\r\nDate: x\r\n"},
		{"header only", "A: 1\n", "A: 1\r\n"},
		{"nothing but identity", "Date: x\n", ""},
		{"dots", "A: 1\n\n.\n..\n.a\nb.\n", "A: 1\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSource(t, Options{Files: []File{{Name: "x.eml", Data: []byte(tc.data)}}})
			raw, tr := render(t, s, 0)
			if got := behind(t, raw); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
			if tr.EightBit {
				t.Error("eight bit")
			}
		})
	}
}

func TestStoredMessagesInTurn(t *testing.T) {
	s := newSource(t, Options{Files: []File{{Data: []byte("A: 1\n\nä\n")}, {Data: []byte("B: 1\n\nb\n")}}})
	for seq, want := range []string{"A: 1\r\n\r\nä\r\n", "B: 1\r\n\r\nb\r\n", "A: 1\r\n\r\nä\r\n"} {
		raw, tr := render(t, s, uint64(seq))
		if got := behind(t, raw); got != want {
			t.Errorf("message %d is %q", seq, got)
		}
		if tr.EightBit != (want[0] == 'A') || tr.UTF8 {
			t.Errorf("message %d: eight bit %v, UTF8 %v", seq, tr.EightBit, tr.UTF8)
		}
	}
}

func TestStoredMessageFaults(t *testing.T) {
	for data, want := range map[string]string{
		"":                     "m.eml: the message is empty",
		" \r\n":                "m.eml: the message is empty",
		"A: 1\n\nx\x00y\n\x00": "m.eml: NUL in line 3, which no mail may have (RFC 5322, 2.1)",
	} {
		_, err := New(Options{To: []string{"a@x.test"}, Files: []File{{Name: "m.eml", Data: []byte(data)}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q: %v", data, want, err)
		}
	}
}

func TestStoredMessageTooBig(t *testing.T) {
	_, err := New(Options{To: []string{"a@x.test"}, Files: []File{{Name: "big.eml", Data: bytes.Repeat([]byte("x"), MaxFileSize+1)}}})
	if err == nil || !strings.Contains(err.Error(), "big.eml: the message has 67108865 octets; the limit is 67108864") {
		t.Errorf("error %v", err)
	}
}

const twoInAnMbox = "From a@x.test Sat Nov 21 10:00:00 2026\n" +
	"Subject: one\n\nOne more\nFrom here, with no empty line ahead, is text:\n>From there\n>>From where\n> From far\n\nFrom an empty line on, too\n\n" +
	"From b@x.test Sat Nov 21 10:00:00 2026\nSubject: two\n\ntext\n"

func TestReadFiles(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	fsys := fstest.MapFS{
		"one.eml":      {Data: []byte("A: 1\n\nx\n")},
		"marked.eml":   {Data: []byte(mark + "A: 1\r\n\r\nx\r\n")},
		"wide.eml":     {Data: []byte("\xff\xfeA\x00:\x00\n\x00")},
		"doubled.eml":  {Data: []byte("A: 1\r\r\nB: 2\r\r\n\r\r\nx\r\r\n")},
		"saved.EML":    {Data: []byte("From a@x.test Sat\nA: 1\n\nFrom b\n")},
		"sentence.eml": {Data: []byte("From here on\nall is text\n")},
		"box":          {Data: []byte(twoInAnMbox)},
		"crlf.mbox":    {Data: []byte(strings.ReplaceAll(twoInAnMbox, "\n", "\r\n"))},
		"mac.mbox":     {Data: []byte(strings.ReplaceAll(twoInAnMbox, "\n", "\r"))},
		"marked.mbox":  {Data: []byte(mark + "\n" + twoInAnMbox)},
		"cut.mbox":     {Data: []byte(strings.TrimSuffix(twoInAnMbox, "\n"))},
		"text":         {Data: []byte("Dear all,\n")},
	}
	one := "Subject: one\n\nOne more\nFrom here, with no empty line ahead, is text:\nFrom there\n>From where\n> From far\n\nFrom an empty line on, too\n"
	two := "Subject: two\n\ntext\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for _, tc := range []struct {
		path string
		want []string // name and data in turn
	}{
		{"one.eml", []string{"one.eml", "A: 1\n\nx\n"}},
		{"marked.eml", []string{"marked.eml", "A: 1\r\n\r\nx\r\n"}},
		{"wide.eml", []string{"wide.eml", "A:\n"}},
		{"doubled.eml", []string{"doubled.eml", "A: 1\r\nB: 2\r\n\r\nx\r\n"}},
		{"saved.EML", []string{"saved.EML", "A: 1\n\nFrom b\n"}},
		{"sentence.eml", []string{"sentence.eml", "From here on\nall is text\n"}},
		{"box", []string{"box, message 1", one, "box, message 2", two}},
		{"crlf.mbox", []string{"crlf.mbox, message 1", crlf(one), "crlf.mbox, message 2", crlf(two)}},
		{"mac.mbox", []string{"mac.mbox, message 1", one, "mac.mbox, message 2", two}},
		{"marked.mbox", []string{"marked.mbox, message 1", one, "marked.mbox, message 2", two}},
		{"cut.mbox", []string{"cut.mbox, message 1", one, "cut.mbox, message 2", strings.TrimSuffix(two, "\n")}},
		{"text", []string{"text", "Dear all,\n"}},
	} {
		box, err := ReadFiles(fsys, tc.path)
		if err != nil {
			t.Errorf("%s: %v", tc.path, err)
			continue
		}
		if got := namesAndData(box.Files); !slices.Equal(got, tc.want) || len(box.Notes) > 0 {
			t.Errorf("%s: %q, want %q; notes %q", tc.path, got, tc.want, box.Notes)
		}
	}
}

func namesAndData(files []File) []string {
	var all []string
	for _, f := range files {
		all = append(all, f.Name, string(f.Data))
	}
	return all
}

func TestReadFilesFaults(t *testing.T) {
	big := &fstest.MapFile{Data: bytes.Repeat([]byte("x"), MaxFileSize+1)}
	fsys := fstest.MapFS{
		"sentence":  {Data: []byte("From here on\nall is text\n")},
		"undated":   {Data: []byte("From a@x.test\nSubject: a\n\nx\n")},
		"late.mbox": {Data: []byte("Subject: a\n\nx\n")},
		"zip.eml":   {Data: []byte("PK\x03\x04")},
		"cut.eml":   {Data: []byte("\xff\xfea")},
		"big.eml":   big,
		"big":       big,
		"zero":      {Mode: fs.ModeDevice},
	}
	for name, want := range map[string]string{
		"nothing":   "file does not exist",
		"sentence":  "is no mbox: its first line wants From, an address and a date",
		"undated":   "is no mbox",
		"late.mbox": "is no mbox",
		"zip.eml":   "is a ZIP archive",
		"cut.eml":   "is UTF-16 that breaks off",
		"big.eml":   "is larger than 67108864 octets",
		"big":       "a message has 67108865 octets; the limit is 67108864",
		"zero":      "is a device, not a file",
	} {
		_, err := ReadFiles(fsys, name)
		if path := (*fs.PathError)(nil); !errors.As(err, &path) || path.Path != name || !strings.HasPrefix(path.Err.Error(), want) {
			t.Errorf("%s: want %q: %v", name, want, err)
		}
	}
	if _, _, err := readMessages(fsys, "big", 1000); err == nil || !strings.Contains(err.Error(), "more than 1073741824 octets together") {
		t.Errorf("more than is left: %v", err)
	}
}

func TestLongLinesAreNoted(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	fsys := fstest.MapFS{
		"m/a.eml": {Data: []byte("A: 1\r\n\r\n" + long + "\r\n")},
		"m/b.eml": {Data: []byte("A: 1\n\n" + long + "\n" + long + "x\n")},
		"m/c.eml": {Data: []byte("A: 1\n\n" + long + "x")},
	}
	box, err := ReadFiles(fsys, "m")
	if err != nil {
		t.Fatal(err)
	}
	const want = "messages with lines over 998 octets: 2, the first of them m/b.eml in line 4;"
	if len(box.Notes) != 1 || !strings.HasPrefix(box.Notes[0], want) {
		t.Errorf("notes %q, want %q", box.Notes, want)
	}
}

const separator = "From a@x.test Sat Nov 21 10:00:00 2026\n"

func FuzzMbox(f *testing.F) {
	f.Add([]byte(twoInAnMbox))
	f.Add([]byte(separator + "\n\n" + separator + "\r\n>" + separator + "\r\n"))
	f.Add([]byte(separator))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !isSeparator(firstLine(data)) {
			return
		}
		whole := bytes.Clone(data)
		messages := splitMbox("x", data)
		if len(messages) == 0 {
			t.Fatal("no message")
		}
		if !bytes.Equal(whole, data) {
			t.Fatal("the mbox was written to")
		}
		// Written back as mboxrd and read again, they are the same.
		var again []byte
		for _, m := range messages {
			again = append(again, separator...)
			for line := range bytes.Lines(m.Data) {
				if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
					again = append(again, '>')
				}
				again = append(again, line...)
			}
			if len(m.Data) > 0 && m.Data[len(m.Data)-1] != '\n' {
				return // a writer would have ended the line
			}
			again = append(again, '\n')
		}
		reread := splitMbox("x", again)
		if len(reread) != len(messages) {
			t.Fatalf("%d messages, reread as %d", len(messages), len(reread))
		}
		for i := range messages {
			if !bytes.Equal(messages[i].Data, reread[i].Data) {
				t.Errorf("message %q, reread as %q", messages[i].Data, reread[i].Data)
			}
		}
	})
}

func FuzzStuff(f *testing.F) {
	for _, s := range []string{"", ".", "..\r\n.", "a\r.\rb\n.\n", "\r\n.\r\n", "Date: x\n y\n.z: 1\n\n.\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := normalize(data)
		if again := normalize(text); !bytes.Equal(again, text) {
			t.Fatalf("%q, normalized again %q", text, again)
		}
		stuffed := stuff(text)
		if stuffed == nil {
			stuffed = text
		}
		if got, ok := received(string(stuffed) + ".\r\n"); !ok || got != string(text) {
			t.Fatalf("%q is received as %q", text, got)
		}
		// Behind a header, as everything is sent.
		var tr smtpwire.Transaction
		s := &Source{files: []stored{newStored(data)}}
		s.envelope.recipients, s.envelope.to = 1, []*Pattern{{parts: []part{{literal: "a@x.test"}}}}
		s.Render(1, noon, &tr)
		dotted, raw := string(bytes.Join(tr.Dotted, nil)), string(bytes.Join(tr.Raw, nil))
		if got, ok := received(dotted); !ok || got != raw || !strings.HasSuffix(dotted, "\r\n.\r\n") {
			t.Fatalf("%q is sent as %q", raw, dotted)
		}
		if strings.ContainsAny(strings.ReplaceAll(raw, "\r\n", ""), "\r\n") {
			t.Fatalf("a bare CR or LF in %q", raw)
		}
		if n := strings.Count(strings.ToLower(strings.SplitN(raw, "\r\n\r\n", 2)[0]), "\r\ndate:"); n > 0 {
			t.Fatalf("an old Date is left in %q", raw)
		}
	})
}
