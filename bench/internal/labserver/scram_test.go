package labserver

import (
	"net"
	"net/smtp"
	"testing"

	"github.com/xdg-go/scram"
)

// scramAuth lets net/smtp authenticate by another implementation.
type scramAuth struct{ conversation *scram.ClientConversation }

func (a scramAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	first, err := a.conversation.Step("")
	return "SCRAM-SHA-256", []byte(first), err
}

func (a scramAuth) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	answer, err := a.conversation.Step(string(challenge))
	return []byte(answer), err
}

func TestPasswordsAreProved(t *testing.T) {
	s, err := Start(Config{Iterations: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for password, want := range map[string]bool{Password: true, "another": false} {
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		c, err := smtp.NewClient(conn, "localhost")
		if err != nil {
			t.Fatal(err)
		}
		client, err := scram.SHA256.NewClient("bench", password, "")
		if err != nil {
			t.Fatal(err)
		}
		a := scramAuth{client.NewConversation()}
		if err := c.Auth(a); (err == nil) != want || want && !a.conversation.Valid() {
			t.Errorf("password %q: %v", password, err)
		}
	}
	if n := s.Counts().Proved; n != 1 {
		t.Errorf("%d proved the password, want 1", n)
	}
}
