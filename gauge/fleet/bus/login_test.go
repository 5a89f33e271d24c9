package bus

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A login with another token is refused and reported, without what was sent.
func TestRefusedLogin(t *testing.T) {
	reports := make(chan string, 100)
	s, err := Serve("127.0.0.1:0", NewToken(), 2, func(text string) { reports <- text })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other, join := NewToken(), s.Join()
	b, err := join.Dial(other, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	text := <-reports
	if !strings.HasPrefix(text, "refused a login from 127.0.0.1 with another token: ") {
		t.Errorf("reported %q", text)
	}
	for _, secret := range []string{other.Secret(), other.login(), join.Token.Secret(), join.Token.login()} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is in %q", text)
		}
	}
}

// An address is named once a minute, and no more than so many addresses are.
func TestRefusedLoginsAreBounded(t *testing.T) {
	var l login
	now := time.Unix(1000, 0)
	for minute := range 2 {
		said := 0
		for i := range 10 * mostTold {
			if l.isNews(fmt.Sprint("10.0.0.", i/2), now.Add(time.Duration(i)*time.Millisecond)) {
				said++
			}
		}
		if said != mostTold {
			t.Errorf("in minute %d %d addresses were named, want %d", minute, said, mostTold)
		}
		now = now.Add(time.Minute)
	}
}
