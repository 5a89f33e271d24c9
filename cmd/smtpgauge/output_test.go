package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"syscall"
	"testing"
)

// broken is a writer whose reader has left.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("nobody is there") }

// Every command that cannot print its results fails, and says why.
func TestUnprintedOutputIsAFailure(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--help"}, {"--version"}, {"run", "--help"}, {"schema"}, {"scenarios"}, {"scenarios", "four-ports"}, {"validate", "builtin:four-ports"},
		{"run", "builtin:four-ports", "--dry-run"}, {"quick", "sink", "--print"}, {"quick", "sink", "--messages", "1", "--quiet", "-o", "a.jsonl"},
		{"quick", "sink", "--messages", "1", "--quiet", "-o", "b.jsonl"}, {"show", "a.jsonl"}, {"show", "a.jsonl", "--format", "html"},
		{"show", "a.jsonl", "--format", "csv"}, {"compare", "a.jsonl", "b.jsonl"},
	} {
		var stderr strings.Builder
		if code := run(t.Context(), args, strings.NewReader(""), broken{}, &stderr); code != exitFailed || strings.Count(stderr.String(), "smtpgauge: not everything could be printed: nobody is there\n") != 1 {
			t.Errorf("%q: exit %d, stderr %q; want %d and the reason, once", args, code, stderr.String(), exitFailed)
		}
	}
}

// A reader that leaves a pipe has seen enough, and nobody has to be told.
func TestReaderThatLeftIsNotTold(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"schema"}, {"scenarios", "four-ports"}, {"quick", "sink", "--print"}} {
		var stderr strings.Builder
		if code := run(t.Context(), args, strings.NewReader(""), closedPipe{}, &stderr); code != exitFailed || stderr.String() != "" {
			t.Errorf("%q: exit %d, stderr %q; want %d and nothing", args, code, stderr.String(), exitFailed)
		}
	}
}

// closedPipe is a pipe that nobody reads any more.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

// Messages stand above the results that are printed after them.
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

// What a library logs goes to stderr like all other messages.
func TestLibrariesLogToTheConsole(t *testing.T) {
	var stderr bytes.Buffer
	s := newStreams(strings.NewReader(""), io.Discard, &stderr)
	log.Print("from a library\x1b[2J")
	s.err.Flush()
	if !strings.HasSuffix(stderr.String(), `from a library\x1b[2J`+"\n") {
		t.Errorf("stderr: %q", &stderr)
	}
}
