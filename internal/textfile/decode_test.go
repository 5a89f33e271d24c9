package textfile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// encode16 writes text as UTF-16.
func encode16(text string, order binary.ByteOrder) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		var b [2]byte
		order.PutUint16(b[:], u)
		out = append(out, b[:]...)
	}
	return string(out)
}

func TestDecode(t *testing.T) {
	little, big := binary.LittleEndian, binary.BigEndian
	const text = "Subject: Grüße 🎉\r\n\r\nx\r\n"
	for name, test := range map[string]struct{ data, want string }{
		"plain":               {"a\nb", "a\nb"},
		"empty":               {"", ""},
		"UTF-8 mark":          {markUTF8 + text, text},
		"nothing but a mark":  {markUTF8, ""},
		"a mark within":       {"a" + markUTF8, "a" + markUTF8},
		"latin 1":             {"caf\xe9\n", "caf\xe9\n"},
		"UTF-16LE":            {markLittle + encode16(text, little), text},
		"UTF-16BE":            {markBig + encode16(text, big), text},
		"UTF-16LE, no mark":   {encode16(text, little), text},
		"UTF-16BE, no mark":   {encode16(text, big), text},
		"half of it Cyrillic": {encode16("abжз", little), "abжз"},
		"mostly Cyrillic":     {encode16("aбжз", little), encode16("aбжз", little)},
		"zeros in both":       {"a\x00\x00a", "a\x00\x00a"},
		"one zero":            {"abcdefg\x00", "abcdefg\x00"},
		"odd length":          {"a\x00b\x00c", "a\x00b\x00c"},
		"CR CR LF":            {"a\r\r\n\r\r\nb\r\r\r\nc\r\n", "a\r\n\r\nb\r\nc\r\n"},
		"CR alone":            {"a\rb\r\r", "a\nb\n\n"},
		"CR within":           {"a\rb\n", "a\rb\n"},
		"UTF-16 of CR CR LF":  {markLittle + encode16("a\r\r\n", little), "a\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode([]byte(test.data))
			if err != nil || string(got) != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestNoText(t *testing.T) {
	for name, test := range map[string]struct{ data, want string }{
		"gzip":         {"\x1f\x8b\x08", "gzip"},
		"zip":          {"PK\x03\x04...", "a ZIP archive"},
		"outlook":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "Outlook's .msg"},
		"UTF-32LE":     {"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"},
		"UTF-32BE":     {"\x00\x00\xfe\xff\x00\x00\x00a", "UTF-32"},
		"cut":          {markLittle + "a\x00b", "breaks off within a character"},
		"half a pair":  {markLittle + "\x3d\xd8a\x00", "half of a character"},
		"pair cut":     {markLittle + "\x3d\xd8", "half of a character"},
		"second half":  {markBig + "\xdc\x00\x00a", "half of a character"},
		"half, unsure": {"a\x00b\x00\x00\xd8"[:4] + "\x3d\xd8", "half of a character"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Decode([]byte(test.data)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q, %v; want an error with %q", got, err, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "a\r\r\nb", "a\rb", markUTF8 + "x", markLittle + "a\x00", markBig + "\x00a", "a\x00b\x00", "\x00a\x00b", "\xff\xfe\x00\xd8",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		text, err := Decode(data)
		if !bytes.Equal(before, data) {
			t.Fatal("the data was written to")
		}
		if err != nil {
			return
		}
		if bytes.Contains(text, []byte("\r\r\n")) {
			t.Fatalf("CR CR LF is left in %q", text)
		}
		if len(text) > len(data)+len(data)/2 {
			t.Fatalf("%d octets became %d", len(data), len(text))
		}
		if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
			return
		}
		// The same text in UTF-16 is the same text.
		for mark, order := range map[string]binary.ByteOrder{markLittle: binary.LittleEndian, markBig: binary.BigEndian} {
			again, err := Decode([]byte(mark + encode16(string(text), order)))
			if err != nil || !bytes.Equal(again, text) {
				t.Fatalf("%q became %q by UTF-16: %v", text, again, err)
			}
		}
	})
}
