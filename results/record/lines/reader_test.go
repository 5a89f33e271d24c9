package lines

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	long := strings.Repeat("x", 1<<21)
	for _, c := range []struct {
		text  string
		want  []string
		whole bool // the last line
	}{
		{"", nil, false},
		{"a\n", []string{"a\n"}, true},
		{"a\n\nb", []string{"a\n", "\n", "b"}, false},
		{long + "\na\n", []string{long + "\n", "a\n"}, true},
	} {
		r := NewReader(strings.NewReader(c.text))
		for i, want := range c.want {
			line, err := r.Next()
			if err != nil || string(line) != want || r.Number() != i+1 {
				t.Errorf("line %d of %.20q is %.20q, %v; want %.20q", r.Number(), c.text, line, err, want)
			}
		}
		if line, err := r.Next(); line != nil || err != nil || r.Whole() != c.whole {
			t.Errorf("after the end of %.20q: %.20q, %v; the last line is whole: %v", c.text, line, err, r.Whole())
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	r := NewReader(strings.NewReader("a\n" + strings.Repeat("x", MaxLength) + "\n"))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if line, err := r.Next(); line != nil || err == nil || err.Error() != "line 2 is over 16 MiB" {
		t.Errorf("a line that is too long: %.20q, %v", line, err)
	}
	broken := errors.New("broken")
	if _, err := NewReader(iotest.ErrReader(broken)).Next(); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
