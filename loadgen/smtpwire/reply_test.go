package smtpwire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// readReplies reads all replies in b, which comes in pieces of at most n octets, and
// renders them as "code text/text".
func readReplies(b []byte, n int, l limits) (replies []string, fault string) {
	var r reply
	var texts []string
	for len(b) > 0 {
		piece := bytes.Clone(b[:min(n, len(b))])
		b = b[len(piece):]
		for len(piece) > 0 {
			text, used, s := r.next(piece, l)
			switch s {
			case continued, complete:
				texts = append(texts, string(text))
			case invalid:
				return replies, string(text)
			}
			if s == complete {
				replies = append(replies, fmt.Sprint(r.code, " ", strings.Join(texts, "/")))
				texts = nil
			}
			piece = piece[used:]
		}
	}
	return replies, ""
}

func TestReply(t *testing.T) {
	for _, tt := range []struct{ in, want, fault string }{
		{"220 hi\r\n", "220 hi", ""},
		{"220\r\n", "220 ", ""},
		{"220 \r\n", "220 ", ""},
		{"220 hi\n250 ho\n", "220 hi,250 ho", ""},
		{"250-a\r\n250-b\r\n250 c\r\n354 go\r\n", "250 a/b/c,354 go", ""},
		{"250-a\n250\n", "250 a/", ""},
		{"250 a\rb\r\n", "250 a\rb", ""},
		{"250 a\x00b\r\n", "250 a\x00b", ""},
		{"250 not ended", "", ""},
		{"599 odd\r\n200 odd\r\n", "599 odd,200 odd", ""},
		{"\r\n", "", faultCode},
		{"22\r\n", "", faultCode},
		{"2 2 hi\r\n", "", faultCode},
		{"2200 hi\r\n", "", faultCode},
		{"220_hi\r\n", "", faultCode},
		{"\xff\xfe\x00\n", "", faultCode},
		{"199 hi\r\n", "", faultClass},
		{"600 hi\r\n", "", faultClass},
		{"000 hi\r\n", "", faultClass},
		{"250-a\r\n251 b\r\n", "", faultMixed},
		{"250-a\r\n250-b\r\n250-c\r\n250-d\r\n250 e\r\n", "", faultLines},
		{"250 " + strings.Repeat("x", 44) + "\r\n", "250 " + strings.Repeat("x", 44), ""},
		{"250 " + strings.Repeat("x", 45) + "\r\n", "", faultLine},
		{strings.Repeat("x", 1000), "", faultLine},
	} {
		for _, n := range []int{1, 2, 3, 7, 1 << 20} {
			got, fault := readReplies([]byte(tt.in), n, limits{line: 50, lines: 4})
			if strings.Join(got, ",") != tt.want || fault != tt.fault {
				t.Errorf("%q by %d: %q, fault %q; want %q, %q", tt.in, n, got, fault, tt.want, tt.fault)
			}
		}
	}
}

// The text of a negative reply is kept, with its lines joined. Other text is not.
func TestReplyKeepsRefusals(t *testing.T) {
	var r reply
	l := limits{line: 2048, lines: 128}
	feed := func(s string) {
		for b := []byte(s); len(b) > 0; {
			_, n, _ := r.next(b, l)
			b = b[n:]
		}
	}
	feed("550-one\r\n550 two\r\n")
	if got, want := string(r.refusalText()), "one\ntwo"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	feed("250 fine\r\n450 " + strings.Repeat("x", 1000) + "\r\n")
	if got := r.refusalText(); len(got) != maxText || !strings.HasPrefix(string(got), "xx") {
		t.Errorf("said %d octets, %.10q; want %d of x", len(got), got, maxText)
	}
}

func TestDefaultLimits(t *testing.T) {
	for _, tt := range []struct {
		said string
		want State
	}{
		{"220 " + strings.Repeat("x", 2048-6) + "\r\n", Waiting},
		{"220 " + strings.Repeat("x", 2048-5) + "\r\n", Ended},
		{strings.Repeat("220-x\r\n", 127) + "220 x\r\n", Waiting},
		{strings.Repeat("220-x\r\n", 128) + "220 x\r\n", Ended},
	} {
		var c Client
		c.Start(&Options{}, nil)
		c.Receive([]byte(tt.said), 1)
		if c.State() != tt.want {
			t.Errorf("%d octets: state %d, want %d", len(tt.said), c.State(), tt.want)
		}
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{
		"220 hi\r\n", "250-a\r\n250 b\r\n", "250-a\n250\n", "550-5.1.1 a\r\n550 5.1.1 b\r\n",
		"250-a\r\n251 b\r\n", "600 x\r\n", "\r\n", "22", strings.Repeat("x", 100), strings.Repeat("250-x\n", 10),
	} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		l := limits{line: 40, lines: 5}
		// The pieces in which the octets come make no difference.
		whole, fault := readReplies(b, len(b)+1, l)
		pieces, fault2 := readReplies(b, int(n)+1, l)
		if fmt.Sprint(whole) != fmt.Sprint(pieces) || fault != fault2 {
			t.Errorf("whole %q (%s), in pieces %q (%s)", whole, fault, pieces, fault2)
		}
		var r reply
		for len(b) > 0 {
			_, used, s := r.next(b, l)
			if used <= 0 || used > len(b) {
				t.Fatalf("used %d of %d octets", used, len(b))
			}
			if s == invalid {
				break
			}
			if k := r.kept; k != nil && (len(k.line) > l.line || len(k.text) > maxText) {
				t.Fatalf("kept %d and %d octets", len(k.line), len(k.text))
			}
			b = b[used:]
		}
	})
}

func BenchmarkReply(b *testing.B) {
	said := []byte("250 2.1.5 Ok\r\n")
	l := limits{line: 2048, lines: 128}
	var r reply
	b.ReportAllocs()
	b.SetBytes(int64(len(said)))
	for b.Loop() {
		if _, _, s := r.next(said, l); s != complete {
			b.Fatal("not a reply")
		}
	}
}
