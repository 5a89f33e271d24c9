package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A held reader takes nothing until it is let go.
type held struct {
	bytes.Buffer
	let chan struct{}
}

func (h *held) Write(text []byte) (int, error) {
	<-h.let
	return h.Buffer.Write(text)
}

// Whoever does not read holds nobody up: messages wait, as many as there is
// room for, progress is left out, and an end waits for a second, once.
func TestNobodyWaitsForTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		reader := &held{let: make(chan struct{})}
		c := newConsole(reader)
		log := newLive(c, false)
		fmt.Fprintln(c, "first")
		log.show(someProgress(5 * time.Second))
		c.size = func() (int, int) { return 80, 24 }
		newLive(c, false).show(someProgress(6 * time.Second))
		for range 10_000 {
			if n, err := fmt.Fprintln(c, "and so on"); n != len("and so on\n") || err != nil {
				t.Fatalf("the console fails: %d, %v", n, err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("all this took %v", took)
		}
		c.flush()
		c.flush()
		if took := time.Since(began); took != flushLimit {
			t.Errorf("the ends took %v, want %v", took, flushLimit)
		}
		close(reader.let)
		c.flush()
		synctest.Wait()
		fmt.Fprintln(c, "last")
		c.flush()
		text := reader.String()
		if !strings.HasPrefix(text, "first\nand so on\n") || !strings.HasSuffix(text, "on\nlast\n") || strings.Contains(text, "relay-25") || len(text) > 2*maxBacklog {
			t.Errorf("%d octets were read: %.200q", len(text), text)
		}
	})
}

// broken is a writer nobody is behind any more.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("nobody is there") }

func TestConsoleThatCannotBeWrittenNeverFails(t *testing.T) {
	c := newConsole(broken{})
	for range 3 {
		if _, err := fmt.Fprintln(c, "hello"); err != nil {
			t.Error(err)
		}
		c.flush()
	}
}

func TestConsoleIsHarmless(t *testing.T) {
	var out bytes.Buffer
	c := newConsole(&out)
	c.size = func() (int, int) { return 200, 24 }
	l := newLive(c, false)
	p := someProgress(time.Second)
	p.name, p.flows[0].name = "::a\x1b[2J", "b\u202e##[c]"
	l.show(p)
	l.flush()
	fmt.Fprint(l, "  ::error::d\x1b[31m\u202e\n")
	l.end()
	l.flush()
	text := out.String()
	if strings.Contains(text, "\x1b[2J") || strings.Contains(text, "\x1b[31m") || strings.Contains(text, "\u202e") || strings.Contains(text, "##[") || strings.Contains(text, "\n  ::") {
		t.Errorf("written: %q", text)
	}
	if got := strings.Join(screen(text), "\n"); got != `  \x3a:error::d\x1b[31m\u202e` {
		t.Errorf("on the screen: %q", got)
	}
}

// Whoever cannot print what it was asked for has failed, whatever it was; and
// says so.
func TestUnprintedOutputIsAFailure(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--help"}, {"--version"}, {"run", "--help"}, {"schema"}, {"scenarios"}, {"scenarios", "four-ports"}, {"validate", "builtin:four-ports"},
		{"run", "builtin:four-ports", "--dry-run"}, {"quick", "sink", "--print"}, {"quick", "sink", "--messages", "1", "--quiet", "-o", "a.jsonl"},
		{"quick", "sink", "--messages", "1", "--quiet", "-o", "b.jsonl"}, {"show", "a.jsonl"}, {"show", "a.jsonl", "--format", "html"},
		{"show", "a.jsonl", "--format", "csv"}, {"compare", "a.jsonl", "b.jsonl"},
	} {
		var stderr strings.Builder
		if code := run(t.Context(), args, strings.NewReader(""), broken{}, &stderr); code != exitFailed || strings.Count(stderr.String(), "smtpgauge: not all is printed: nobody is there\n") != 1 {
			t.Errorf("%q: exit %d, stderr %q; want %d and the reason, once", args, code, stderr.String(), exitFailed)
		}
	}
}

// What was said before stands above what is printed.
func TestMessagesStandAboveResults(t *testing.T) {
	var both bytes.Buffer
	s := newStreams(strings.NewReader(""), &both, &both)
	for i := range 100 {
		fmt.Fprintln(s.err, "said", i)
		fmt.Fprintln(s.out, "printed", i)
		io.WriteString(s.results, "result\n")
	}
	if i := strings.Index(both.String(), "printed 7\n"); i < strings.Index(both.String(), "said 7\n") || i > strings.Index(both.String(), "said 8\n") {
		t.Errorf("the order is another: %s", both.String())
	}
}

// What a library logs is said as everything else is.
func TestLibrariesLogToTheConsole(t *testing.T) {
	var stderr bytes.Buffer
	s := newStreams(strings.NewReader(""), io.Discard, &stderr)
	log.Print("from a library\x1b[2J")
	s.err.flush()
	if !strings.HasSuffix(stderr.String(), `from a library\x1b[2J`+"\n") {
		t.Errorf("stderr: %q", &stderr)
	}
}
