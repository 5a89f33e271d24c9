package printable

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHarmfulTextIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"relay-25 → 42 µs, naïve 日本": "relay-25 → 42 µs, naïve 日本",
		"\x1b[31m\x00\r\n\t\x7f":     `\x1b[31m\x00\x0d\x0a\x09\x7f`,
		"\u009b2J\u0085":             `\u009b2J\u0085`,
		"\u202a\u202e\u2066\u2069\u200e\u200f\u061c": `\u202a\u202e\u2066\u2069\u200e\u200f\u061c`,
		"a\u200bb\u2028c\u2029d\ufeffe":              `a\u200bb\u2028c\u2029d\ufeffe`,
		"\U000e0041 \ufe0f \u034f \u3164 \u00a0":     `\U000e0041 \ufe0f \u034f \u3164 \u00a0`,
		"\xff\x9bx\xc3":                              `\xff\x9bx\xc3`,
		"\ufffd":                                     "\ufffd",
		"##vso[task.setvariable]x":                   `#\x23vso[task.setvariable]x`,
		"see ##[error] and ##TeamCity[":              `see #\x23[error] and #\x23TeamCity[`,
		"####[x":                                     `###\x23[x`,
		"## heading, #1, c##":                        "## heading, #1, c##",
		"::error::within":                            "::error::within",
	} {
		if got := Text(text); got != want {
			t.Errorf("Text(%q) = %s, want %s", text, got, want)
		}
		if again := Text(want); again != want {
			t.Errorf("done twice %s becomes %s", want, again)
		}
	}
}

func TestLinesBeginNoCommand(t *testing.T) {
	for line, want := range map[string]string{
		"":                   "",
		"::error::x":         `\x3a:error::x`,
		"   ::stop-commands": `   \x3a:stop-commands`,
		"a ::error::x":       "a ::error::x",
		": x":                ": x",
		"--- group":          `\x2d-- group`,
		"+++ a":              `\x2b++ a`,
		"--all":              "--all",
	} {
		if got := Start(line); got != want {
			t.Errorf("Start(%q) = %s, want %s", line, got, want)
		}
	}
}

// In whatever pieces text comes, the result is harmless. In one piece it is what Text and
// Start make of its lines.
func TestWriterSeesThroughPieces(t *testing.T) {
	text := "  ::error::a\n##vso[x]\n\x1b[2J é\u202e::b ##[c]\n--- d\n:e\n\xc3"
	var b bytes.Buffer
	if n, err := NewWriter(&b).Write([]byte(text)); n != len(text) || err != nil {
		t.Fatal(n, err)
	}
	want := "  \\x3a:error::a\n#\\x23vso[x]\n\\x1b[2J é\\u202e::b #\\x23[c]\n\\x2d-- d\n:e\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	for size := 1; size < 9; size++ {
		b.Reset()
		w := NewWriter(&b)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		harmless(t, b.String())
		if !strings.Contains(b.String(), `é\u202e`) {
			t.Errorf("pieces of %d octets break a character: %s", size, &b)
		}
	}
}

// harmless fails the test if text could do harm.
func harmless(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !Rune(r) {
			t.Errorf("%U is shown as it is in %q", r, text)
		}
	}
	for line := range strings.Lines(text) {
		if beginsCommand(strings.TrimLeft(line, " "), closed) {
			t.Errorf("%q begins as a command", line)
		}
		if _, after, found := strings.Cut(line, "##"); found && namesCommand(strings.TrimLeft(after, "#"), closed) {
			t.Errorf("%q has a command in it", line)
		}
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("a::b", "##vso[", 3)
	f.Add("  :", ":error::x\n##", 1)
	f.Add("##te", "amcity[\xf0\x9f", 2)
	f.Fuzz(func(t *testing.T, first, second string, cut int) {
		var b bytes.Buffer
		w := NewWriter(&b)
		for _, piece := range []string{first, second} {
			n := max(0, min(cut, len(piece)))
			w.Write([]byte(piece[:n]))
			w.Write([]byte(piece[n:]))
		}
		if !utf8.Valid(b.Bytes()) {
			t.Errorf("not UTF-8: %q", &b)
		}
		harmless(t, b.String())
		harmless(t, Start(Text(first)))
	})
}

func TestJSONMeansTheSame(t *testing.T) {
	said := map[string]string{"a": "##vso[x] ## \u009b\u202e\U000e0041 é ##[", "::error::b": "\x1b\n"}
	plain, err := json.MarshalIndent(said, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	shown := JSON(string(plain))
	harmless(t, shown)
	var back map[string]string
	if err := json.Unmarshal([]byte(shown), &back); err != nil || !maps.Equal(back, said) {
		t.Errorf("%v, %q is shown as %s", err, said, shown)
	}
}
