package mail

import (
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAttachments(t *testing.T) {
	file := []byte("some\x00file\r\n.\r\n")
	for _, beyond := range []bool{false, true} {
		s := newSource(t, Options{Size: Size{Median: 2000}, UTF8: beyond, Attach: []Attachment{
			{Size: 100_000},
			{Name: "dir/größe.pdf", Type: "application/pdf", Data: file},
		}})
		raw, tr := render(t, s, 3)
		if tr.EightBit != beyond {
			t.Errorf("eight bit %v", tr.EightBit)
		}
		m := parse(t, raw)
		typ, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil || typ != "multipart/mixed" {
			t.Fatalf("type %s, %v", typ, err)
		}
		if at := strings.Index(raw, "\r\n--"+params["boundary"]+"\r\nContent-Type: application"); at+2 != 2000 {
			t.Errorf("header and text have %d octets, want 2000", at+2)
		}
		var names []string
		r := multipart.NewReader(m.Body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, p.Header.Get("Content-Type")+" "+p.FileName())
		}
		want := []string{"application/octet-stream attachment-1", "application/pdf größe.pdf"}
		if len(names) != 3 || !slices.Equal(names[1:], want) {
			t.Errorf("parts %q", names)
		}
		for line := range strings.SplitSeq(raw, "\r\n") {
			if utf8.RuneCountInString(line) > 77 && !strings.Contains(line, ":") {
				t.Errorf("line %q", line)
			}
		}
		checkLastPart(t, raw, file)
	}
}

func checkLastPart(t *testing.T, raw string, want []byte) {
	t.Helper()
	if encoded := string(appendBase64(nil, want)); !strings.Contains(raw, "\r\n\r\n"+encoded+"--") {
		t.Errorf("the file is not in there as %q", encoded)
	}
}
