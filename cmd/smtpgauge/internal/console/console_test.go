package console

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A held reader reads nothing until it is released.
type held struct {
	bytes.Buffer
	let chan struct{}
}

func (h *held) Write(text []byte) (int, error) {
	<-h.let
	return h.Buffer.Write(text)
}

// A reader who does not read delays nobody: messages wait, as far as there is room,
// progress is left out, and flush waits for a second, once.
func TestNobodyWaitsForTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		reader := &held{let: make(chan struct{})}
		c := New(reader)
		log := NewLive(c, LiveOptions{})
		fmt.Fprintln(c, "first")
		log.Show(someProgress(5 * time.Second))
		c.size = func() (int, int) { return 80, 24 }
		NewLive(c, LiveOptions{}).Show(someProgress(6 * time.Second))
		for range 10_000 {
			if n, err := fmt.Fprintln(c, "and so on"); n != len("and so on\n") || err != nil {
				t.Fatalf("the console fails: %d, %v", n, err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("all this took %v", took)
		}
		c.Flush()
		c.Flush()
		if took := time.Since(began); took != flushLimit {
			t.Errorf("the ends took %v, want %v", took, flushLimit)
		}
		close(reader.let)
		c.Flush()
		synctest.Wait()
		fmt.Fprintln(c, "last")
		c.Flush()
		text := reader.String()
		if !strings.HasPrefix(text, "first\nand so on\n") || !strings.HasSuffix(text, "on\nlast\n") || strings.Contains(text, "relay-25") || len(text) > 2*maxBacklog {
			t.Errorf("%d octets were read: %.200q", len(text), text)
		}
	})
}

// broken is a writer whose reader has left.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("nobody is there") }

func TestConsoleThatCannotBeWrittenNeverFails(t *testing.T) {
	c := New(broken{})
	for range 3 {
		if _, err := fmt.Fprintln(c, "hello"); err != nil {
			t.Error(err)
		}
		c.Flush()
	}
}

func TestConsoleIsHarmless(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	c.size = func() (int, int) { return 200, 24 }
	l := NewLive(c, LiveOptions{})
	p := someProgress(time.Second)
	p.Name, p.Flows[0].Name = "::a\x1b[2J", "b\u202e##[c]"
	l.Show(p)
	l.Flush()
	fmt.Fprint(l, "  ::error::d\x1b[31m\u202e\n")
	l.End()
	l.Flush()
	text := out.String()
	if strings.Contains(text, "\x1b[2J") || strings.Contains(text, "\x1b[31m") || strings.Contains(text, "\u202e") || strings.Contains(text, "##[") || strings.Contains(text, "\n  ::") {
		t.Errorf("written: %q", text)
	}
	if got := strings.Join(played(text), "\n"); got != `  \x3a:error::d\x1b[31m\u202e` {
		t.Errorf("on the screen: %q", got)
	}
}

// A command that is printed to be copied is not broken, whatever else is.
func TestCommandsAreNotBroken(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	c.size = func() (int, int) { return 40, 24 }
	const command = "  smtpgauge agent --join smtpgauge://0123456789abcdef@192.0.2.1:4222/0123456789abcdef"
	fmt.Fprintf(c, "start each of the 3 agents on its machine with:\n%s\n", command)
	c.Flush()
	if got, want := out.String(), "start each of the 3 agents on its\n  machine with:\n"+command+"\n"; got != want {
		t.Errorf("written %q, want %q", got, want)
	}
}
