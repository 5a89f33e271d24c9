package bus

import (
	"strings"
	"testing"
	"time"
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
	s, err := Serve("127.0.0.1:0", token, 2)
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

// Without the token nobody gets in, and another server is not trusted with the login.
func TestStrangersStayOutside(t *testing.T) {
	s, err := Serve("127.0.0.1:0", NewToken(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for want, change := range map[string]func(*Join){
		"authorization": func(j *Join) { j.Token = NewToken() },
		"fingerprint":   func(j *Join) { j.Fingerprint = strings.Repeat("0", 64) },
	} {
		join := s.Join()
		change(&join)
		reports := make(chan string, 100)
		b, err := join.Dial(join.Token, func(text string) { reports <- text })
		if err != nil {
			t.Fatal(err)
		}
		if text := <-reports; !strings.Contains(strings.ToLower(text), want) {
			t.Errorf("reported %q, want %q", text, want)
		}
		b.Close()
	}
}
