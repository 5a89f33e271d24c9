package smtpwire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A dialogue is a session written as a script. Its lines are
//
//	S: text     the server sends text; several of these lines arrive together
//	S~ text     the same without a line end
//	S/ text     the same with a bare line feed
//	C: text     the client must have sent text next
//	> action    send, try, quit, secured, lost CLASS, or forget what the client sent
//	= state     the client must be in that state
//	other       the next event, as describe renders it
type dialogue struct {
	name   string
	o      Options
	cred   *Credentials
	t      Transaction
	script string
}

// A pace is how many octets travel at once in each direction; 0 means all.
type pace struct{ in, out int }

var stateNames = map[string]State{"waiting": Waiting, "handshake": Handshake, "ready": Ready, "ended": Ended}

// play runs a dialogue at one pace.
func play(t *testing.T, d dialogue, p pace) {
	t.Helper()
	s := &stage{t: t, d: d, p: p}
	s.c.Start(&s.d.o, d.cred)
	s.c.Established(s.tick())
	lines := strings.Split(strings.TrimSpace(d.script), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case serverOctets(line) != "":
			said := ""
			for ; i < len(lines) && serverOctets(lines[i]) != ""; i++ {
				said += serverOctets(lines[i])
			}
			i--
			s.write()
			s.receive(said)
		case strings.HasPrefix(line, "C:"):
			s.said(i, strings.TrimPrefix(line[2:], " "))
		case strings.HasPrefix(line, "> "):
			s.act(line[2:])
		case strings.HasPrefix(line, "= "):
			if want, ok := stateNames[line[2:]]; !ok || s.c.State() != want {
				t.Fatalf("line %d: state is %d, want %s", i+1, s.c.State(), line[2:])
			}
		default:
			s.happened(i, line)
		}
	}
	s.write()
	s.collect()
	if s.written.Len() > 0 {
		t.Errorf("the client also said %q", s.written.String())
	}
	if len(s.events) > 0 {
		t.Errorf("there was also %q", s.events)
	}
}

// serverOctets returns the octets of a line that the server says; "" for other lines.
func serverOctets(line string) string {
	line = strings.TrimSpace(line)
	for prefix, end := range map[string]string{"S: ": "\r\n", "S~ ": "", "S/ ": "\n"} {
		if text, ok := strings.CutPrefix(line, prefix); ok {
			return text + end
		}
	}
	return ""
}

// A stage is a dialogue under way.
type stage struct {
	t       *testing.T
	d       dialogue
	p       pace
	c       Client
	now     sample.Instant
	written bytes.Buffer
	events  []string
}

func (s *stage) tick() sample.Instant { s.now += 10; return s.now + 1e9 }

func (s *stage) write() {
	for {
		pending := s.c.Pending()
		if len(pending) == 0 {
			return
		}
		b := bytes.Join(pending, nil)
		if s.p.out > 0 {
			b = b[:min(len(b), s.p.out)]
		}
		s.written.Write(b)
		s.c.Sent(len(b), s.tick())
		s.collect()
	}
}

func (s *stage) receive(said string) {
	step := len(said)
	if s.p.in > 0 {
		step = s.p.in
	}
	for p := []byte(said); len(p) > 0; {
		n := min(step, len(p))
		part := bytes.Clone(p[:n])
		s.c.Receive(part, s.tick())
		for i := range part {
			part[i] = 'X' // the client must not have kept it
		}
		p = p[n:]
		s.collect()
	}
}

func (s *stage) said(i int, want string) {
	s.t.Helper()
	s.write()
	got, err := s.written.ReadString('\n')
	if err != nil || strings.TrimSuffix(got, "\r\n") != want {
		s.t.Fatalf("line %d: the client said %q, want %q", i+1, got, want)
	}
}

func (s *stage) act(action string) {
	verb, arg, _ := strings.Cut(action, " ")
	switch verb {
	case "send":
		s.c.Send(&s.d.t)
	case "try":
		s.c.Try(&s.d.t)
	case "quit":
		s.c.Quit()
	case "secured":
		s.c.Secured()
		s.c.Established(s.tick())
	case "forget":
		s.write()
		s.written.Reset()
	case "lost":
		class, ok := sample.ParseClass(arg)
		if !ok {
			s.t.Fatalf("no class %q", arg)
		}
		s.c.Lost(class, "gone", s.tick())
	default:
		s.t.Fatalf("no action %q", action)
	}
	s.collect()
}

func (s *stage) collect() {
	for _, e := range s.c.Events() {
		if e.End < e.Start {
			s.t.Errorf("%s ends before it starts", describe(e))
		}
		s.events = append(s.events, describe(e))
	}
}

func (s *stage) happened(i int, want string) {
	s.t.Helper()
	if len(s.events) == 0 {
		s.t.Fatalf("line %d: nothing more happened, want %q", i+1, want)
	}
	if s.events[0] != want {
		s.t.Fatalf("line %d: %q happened, want %q (then %q)", i+1, s.events[0], want, s.events[1:])
	}
	s.events = s.events[1:]
}

// describe renders an event on one line.
func describe(e Event) string {
	switch e.Kind {
	case Timed:
		return "timed " + e.Phase.String()
	case FailedEvent:
		return "failed " + e.Failure.Error()
	case MessageEnded:
		s := fmt.Sprintf("message %v %d+%d", e.Outcome, e.Accepted, e.Rejected)
		if e.Unknown > 0 {
			s += fmt.Sprintf("+%d?", e.Unknown)
		}
		return s
	case SessionQuit:
		return "completed"
	}
	return fmt.Sprint("event ", e.Kind)
}

// playAll plays each dialogue at several paces.
func playAll(t *testing.T, dialogues []dialogue) {
	for _, d := range dialogues {
		if d.t.To == nil {
			d.t.From, d.t.To = []byte("a@example.test"), [][]byte{[]byte("b@example.test")}
		}
		if d.t.Dotted == nil {
			d.t.Dotted = [][]byte{[]byte("Subject: x\r\n"), []byte("\r\nhi\r\n.\r\n")}
			d.t.Raw = [][]byte{[]byte("Subject: x\r\n"), []byte("\r\nhi\r\n")}
		}
		for _, p := range []pace{{}, {in: 1}, {out: 1}, {in: 7, out: 11}, {in: 1, out: 1}} {
			t.Run(fmt.Sprintf("%s/in=%d,out=%d", d.name, p.in, p.out), func(t *testing.T) { play(t, d, p) })
		}
	}
}
