package bus

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// talk sends a message through a bus and back.
func talk(t *testing.T, coordinator, agent *End) {
	t.Helper()
	answered, asked := make(chan *Refusal, 1), make(chan string, 1)
	stop, err := coordinator.Listen(Coordinator, func(from string, m Message, _ []byte) {
		if h, ok := m.(*Hello); ok && h.Name == "a" {
			asked <- from
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	stop, err = agent.Listen(agent.ID(), func(from string, m Message, _ []byte) {
		if r, ok := m.(*Refusal); ok && from == coordinator.ID() {
			answered <- r
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for tries := 0; ; tries++ { // a subscription may not have arrived yet
		if err := agent.Send(Coordinator, &Hello{Name: "a"}, nil); err != nil {
			t.Fatal(err)
		}
		select {
		case from := <-asked:
			if err := coordinator.Send(from, &Refusal{Reason: "full"}, nil); err != nil {
				t.Fatal(err)
			}
			if r := <-answered; r.Reason != "full" {
				t.Errorf("refused because %q", r.Reason)
			}
			return
		case <-time.After(200 * time.Millisecond):
			if tries == 50 {
				t.Fatal("nothing arrives")
			}
		}
	}
}

func TestEmbeddedServer(t *testing.T) {
	token := NewToken()
	s, err := Serve("127.0.0.1:0", token, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	join, err := ParseJoin(s.Join().String())
	if err != nil || join != s.Join() {
		t.Fatalf("%v, %v: want %v", join, err, s.Join())
	}
	b, err := join.Dial(join.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	talk(t, NewEnd(s, token), NewEnd(b, token))
}

// Without the token nobody gets in, and another server is not trusted with the login. An agent
// says so, also if it was there before the coordinator.
func TestStrangersStayOutside(t *testing.T) {
	for name, change := range map[string]func(*Join) (want string){
		"another token": func(j *Join) string {
			j.Token, j.Fingerprint = NewToken(), ""
			return "has another token: copy the whole line"
		},
		"another certificate": func(j *Join) string {
			j.Fingerprint = strings.Repeat("0", 64)
			return ", and the join line is for 000000000000..."
		},
	} {
		for _, early := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, early %v", name, early), func(t *testing.T) {
				token := NewToken()
				s, err := Serve("127.0.0.1:0", token, 2, nil)
				if err != nil {
					t.Fatal(err)
				}
				join := s.Join()
				want := change(&join)
				if early {
					s.Close()
				} else {
					defer s.Close()
				}
				reports := make(chan string, 1000)
				b, err := join.Dial(join.Token, func(text string) { reports <- text })
				if err != nil {
					t.Fatal(err)
				}
				defer b.Close()
				if early {
					awaitReport(t, reports, "nothing listens where the coordinator at "+join.Address)
					late, err := Serve(join.Address, token, 2, nil)
					if err != nil {
						t.Fatal(err)
					}
					defer late.Close()
				}
				awaitReport(t, reports, want)
			})
		}
	}
}

// A connection that was lost and is there again is reported as such.
func TestConnectionComesBack(t *testing.T) {
	token := NewToken()
	s, err := Serve("127.0.0.1:0", token, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	join := s.Join()
	join.Fingerprint = "" // a new coordinator has another
	reports := make(chan string, 1000)
	b, err := join.Dial(token, func(text string) { reports <- text })
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s.Close()
	awaitReport(t, reports, "the connection to the coordinator at "+join.Address+" is lost")
	awaitReport(t, reports, "nothing listens where")
	if s, err = Serve(join.Address, token, 2, nil); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	awaitReport(t, reports, "is there again")
}

// An end that knows that the connection is about to end says nothing of it, whenever it closes.
func TestLeavingIsSilent(t *testing.T) {
	token := NewToken()
	s, err := Serve("127.0.0.1:0", token, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	reports := make(chan string, 1000)
	b, err := s.Join().Dial(token, func(text string) { reports <- text })
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	talk(t, NewEnd(s, token), NewEnd(b, token))
	conn, over := b.(*client).conn, make(chan struct{})
	last := conn.ClosedHandler()
	conn.SetClosedHandler(func(c *nats.Conn) {
		last(c)
		close(over)
	})
	b.Leaving()
	s.Close()
	for conn.IsConnected() {
		runtime.Gosched()
	}
	b.Close()
	<-over
	if len(reports) > 0 {
		t.Error(<-reports)
	}
}

// Whoever waits for the next coordinator says nothing of the end of the last, nor that the next
// is there; but what keeps it from coming to the next.
func TestResting(t *testing.T) {
	token := NewToken()
	s, err := Serve("127.0.0.1:0", token, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	join := s.Join()
	join.Fingerprint = ""
	reports := make(chan string, 1000)
	b, err := join.Dial(token, func(text string) { reports <- text })
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	talk(t, NewEnd(s, token), NewEnd(b, token))
	b.Resting()
	s.Close()
	empty, err := net.Listen("tcp", join.Address)
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := empty.Accept(); err != nil || conn.Close() != nil { // it tries in vain
		t.Fatal(err)
	}
	empty.Close()
	if s, err = Serve(join.Address, token, 2, nil); err != nil {
		t.Fatal(err)
	}
	talk(t, NewEnd(s, token), NewEnd(b, token))
	for b.(*client).resting.Load() { // the client tells of events on a goroutine of its own
		runtime.Gosched()
	}
	if len(reports) > 0 {
		t.Errorf("said %q", <-reports)
	}
	b.Resting()
	s.Close()
	if s, err = Serve(join.Address, NewToken(), 2, nil); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if text := <-reports; !strings.Contains(text, "has another token") {
		t.Errorf("said %q", text)
	}
}

// awaitReport takes reports until one has a text.
func awaitReport(t *testing.T, reports <-chan string, want string) {
	t.Helper()
	for range cap(reports) {
		if strings.Contains(<-reports, want) {
			return
		}
	}
	t.Errorf("nothing reported has %q", want)
}
