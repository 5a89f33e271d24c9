package mail

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"unicode/utf8"
)

// A text is cut right at every length.
func TestEveryCut(t *testing.T) {
	for in := range quotedText + 1 {
		p := newProse(1, in)
		for _, line := range []int{0, 1, 100, len(p.starts) - 1} {
			for n := int64(2); n < 700; n++ {
				chunks, end := p.appendTo(nil, line, n)
				text := string(bytes.Join(append(chunks, end.raw), nil))
				if int64(len(text)) != n || !strings.HasSuffix(text, "\r\n") || !utf8.ValidString(text) {
					t.Fatalf("line %d, %d octets: %q", line, n, text)
				}
				if strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\n") {
					t.Fatalf("line %d, %d octets: a bare CR or LF in %q", line, n, text)
				}
				if in == quotedText {
					checkEncoded(t, text)
				}
				if string(end.dotted) != string(end.raw)+".\r\n" {
					t.Fatalf("ends %q and %q", end.raw, end.dotted)
				}
			}
		}
	}
}

// checkEncoded reads quoted-printable. It has to be UTF-8, without anything that a
// reader would remove.
func checkEncoded(t *testing.T, text string) {
	t.Helper()
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(text)))
	if err != nil || !utf8.Valid(plain) {
		t.Fatalf("%v: %q is no UTF-8", err, text)
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 76 || strings.HasSuffix(line, " ") || !isASCII(line) {
			t.Fatalf("the line %q", line)
		}
	}
}

func TestProse(t *testing.T) {
	for in := range quotedText + 1 {
		p := newProse(7, in)
		if isASCII(p.octets) != (in != utf8Text) {
			t.Errorf("ASCII: %v, written as %d", isASCII(p.octets), in)
		}
		for line := range strings.SplitSeq(string(p.octets), "\r\n") {
			if utf8.RuneCountInString(line) > 77 || strings.HasPrefix(line, ".") || strings.HasPrefix(line, "-") || strings.HasSuffix(line, " ") {
				t.Errorf("line %q", line)
			}
		}
		for _, at := range p.starts {
			if at > 0 && p.octets[at-1] != '\n' || p.octets[at] == '\r' {
				t.Errorf("%d is not the start of a line", at)
			}
		}
	}
}
