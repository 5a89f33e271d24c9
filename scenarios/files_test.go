package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// withFile is base with an option of the flow relay that names a file.
func withFile(part string) []byte {
	return []byte(strings.Replace(base, "  peak:", "    "+part+"\n  peak:", 1))
}

// faultOf returns the fault of a scenario that names a file, with its position; ""
// for none.
func faultOf(t *testing.T, part string, file map[string]string) string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range file {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	_, err := Parse("s.yaml", withFile(part), LoadOptions{FS: fsys})
	if err == nil {
		return ""
	}
	return err.Error()
}

// utf16 is text of ASCII as Windows writes it, with a byte-order mark.
func utf16(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, c := range []byte(text) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestScenarioFileAsItIs(t *testing.T) {
	for name, source := range map[string]string{
		"UTF-8 mark":    "\xef\xbb\xbf" + base,
		"UTF-16":        utf16(base),
		"UTF-16 marked": strings.TrimPrefix(utf16(base), "\xff\xfe"),
		"CRLF":          strings.ReplaceAll(base, "\n", "\r\n"),
		"CR CR LF":      strings.ReplaceAll(base, "\n", "\r\r\n"),
		"CR":            strings.ReplaceAll(base, "\n", "\r"),
	} {
		if _, err := Parse("s.yaml", []byte(source), LoadOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, test := range map[string]struct{ source, want string }{
		"NUL":    {"name: x\ndescri\x00ption: x\n", "s.yaml:2:7: control character U+0000: "},
		"tab":    {"name: x\nflows:\n\ta: {}\n", "s.yaml:3:1: not YAML: "},
		"UTF-32": {"\xff\xfe\x00\x00n\x00\x00\x00", "s.yaml:1:1: the scenario is UTF-32"},
		"zip":    {"PK\x03\x04", "s.yaml:1:1: the scenario is a ZIP archive: want text, best in UTF-8"},
		"cut":    {"\xff\xfen", "s.yaml:1:1: the scenario is UTF-16 that breaks off"},
	} {
		_, err := Parse("s.yaml", []byte(test.source), LoadOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: want one fault %q: %v", name, test.want, err)
		}
	}
}

// In faults and notes, the names of message files begin with the scenario's folder.
func TestMessageFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("deep/m/a.eml", "\xef\xbb\xbfFrom: a@x.test\r\n\r\n"+strings.Repeat("x", 1200)+"\r\n")
	write("deep/m/README", "read me\n")
	write("deep/n/b.eml", "A: 1\n\nx\x00")
	write("deep/n/c.eml", "")
	write("deep/o/d.eml", "PK\x03\x04")
	in := func(name string) string { return filepath.Join(dir, "deep", name) }

	s, err := Parse(filepath.Join(dir, "s.yaml"), withFile("message: {file: deep/m/}"), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(s.Notes(), "\n")
	for _, want := range []string{
		filepath.Join(dir, "s.yaml") + ":9:21: " + in("m") + ": left out, since it is no mail: README",
		": messages with lines over 998 octets: 1, the first of them m/a.eml in line 3;",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("want the note %q: %q", want, notes)
		}
	}
	equal(t, "name", s.Plan().Flows[0].Mail.Files[0].Name, in("m/a.eml"))
	for name, wants := range map[string][]string{
		"n":       {in("n/b.eml") + ": NUL in line 3, which no mail may have", in("n/c.eml") + ": the message is empty"},
		"o":       {":9:21: " + in("o/d.eml") + ": is a ZIP archive"},
		"nowhere": {":9:21: " + in("nowhere") + ": no such file"},
	} {
		_, err := Parse(filepath.Join(dir, "s.yaml"), withFile("message: {file: deep/"+name+"}"), LoadOptions{})
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q: %v", name, want, err)
			}
		}
	}
}

func TestFilesBeside(t *testing.T) {
	for scenario, want := range map[string]string{
		"s.yaml": ".", "a/s.yaml": "a", "/a/s.yaml": "/a", "/dev/stdin": ".", "/dev/fd/63": ".", "/proc/self/fd/3": ".",
	} {
		if got := filepath.ToSlash((files{}).beside(scenario).dir); got != want {
			t.Errorf("%s: files are in %s, want %s", scenario, got, want)
		}
	}
}
