package bus

import (
	"io"
	"net"
	"slices"
	"sync"
	"testing"
)

// Agents come in while somebody holds as many connections as he can, without a login, from the
// same address; and those are bounded.
func TestAgentsComeInBesideAStranger(t *testing.T) {
	token := NewToken()
	s, err := Serve("127.0.0.1:0", token, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var strangers, holding sync.WaitGroup
	over := make(chan struct{})
	for range 200 {
		holding.Add(1)
		strangers.Go(func() {
			first := sync.OnceFunc(holding.Done)
			for {
				conn, err := net.Dial("tcp", s.Join().Address)
				if first(); err != nil {
					return // the server has ended
				}
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					_, _ = io.Copy(io.Discard, conn) // until it is put out
				}()
				select {
				case <-gone:
					conn.Close()
				case <-over:
					conn.Close()
					<-gone
					return
				}
			}
		})
	}
	holding.Wait()
	coordinator := NewEnd(s, token)
	for range 2 {
		b, err := s.Join().Dial(token, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		talk(t, coordinator, NewEnd(b, token))
		s.door.mu.Lock()
		if n := len(s.door.waiting); n > mostAtDoor {
			t.Errorf("%d connections have not logged in, want %d at the most", n, mostAtDoor)
		}
		s.door.mu.Unlock()
	}
	close(over)
	strangers.Wait()
}

// atAddress is a connection from an address.
type atAddress struct {
	net.Conn
	host string
}

func (c atAddress) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.host), Port: 1} }

// Who holds most connections loses one.
func TestOneTooMany(t *testing.T) {
	var list []net.Conn
	for _, host := range []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.2", "::1", "10.0.0.2"} {
		list = append(list, atAddress{host: host})
	}
	for range 20 {
		if i := oneTooMany(list); !slices.Contains([]int{1, 3, 5}, i) {
			t.Errorf("number %d goes, want one of 10.0.0.2", i)
		}
	}
}

// Who speaks no TLS, or never logs in, is no part of the fleet and is not heard.
func TestAtTheDoor(t *testing.T) {
	s, err := Serve("127.0.0.1:0", NewToken(), 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.Join().Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("CONNECT {}\r\nPING\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil { // an alert, and the end
		t.Logf("it was put out with %v", err)
	}
	silent, err := net.Dial("tcp", s.Join().Address)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s.Close()
	_, _ = io.ReadAll(silent) // which ends as the server does
}
