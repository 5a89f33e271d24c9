package telemetry

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ask sends a request on a connection and reads its answer.
func ask(t *testing.T, c net.Conn, request string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response
}

const (
	asking  = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
	leaving = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
)

// Those who only hold connections take no more of the run's descriptors than
// there is room for, and who leaves makes room.
func TestConnectionsAreBounded(t *testing.T) {
	s, _ := served(t)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var held []net.Conn
	for range MaxConnections {
		held = append(held, dial())
		ask(t, held[len(held)-1], asking)
	}
	for range 100 {
		c := dial()
		io.WriteString(c, asking) // it may be closed already
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Fatal("one connection too many is answered")
		}
	}
	last := held[len(held)-1]
	ask(t, last, leaving)
	if _, err := last.Read(make([]byte, 1)); err == nil {
		t.Fatal("the connection stays open")
	}
	ask(t, dial(), asking)
}

func TestBodiesAreRefused(t *testing.T) {
	s, _ := served(t)
	for request, want := range map[string]int{
		"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n": http.StatusRequestEntityTooLarge,
		"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n":  http.StatusRequestEntityTooLarge,
		"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n":          http.StatusMethodNotAllowed,
		"GET /metrics HTTP/1.1\r\nX: " + strings.Repeat("x", 30<<10) + "\r\n\r\n": http.StatusRequestHeaderFieldsTooLarge,
		"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n":                              http.StatusNotFound,
		asking: http.StatusOK,
	} {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, c, request).StatusCode; got != want {
			t.Errorf("%.60q is answered by %d, want %d", request, got, want)
		}
		c.Close()
	}
}

// pipes is a listener whose connections have no network below, so that they
// can be of virtual time.
type pipes struct {
	come chan net.Conn
	net.Listener
}

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.come; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error { close(p.come); return nil }

// Whoever asks too slowly, does not read or says nothing any more is left.
func TestConnectionsHaveTimeLimits(t *testing.T) {
	for name, c := range map[string]struct {
		held func(net.Conn)
		want time.Duration
	}{
		"says nothing":             {func(net.Conn) {}, askLimit},
		"says it too slowly":       {func(c net.Conn) { dribble(c, asking) }, askLimit},
		"does not read the answer": {func(c net.Conn) { io.WriteString(c, asking) }, answerLimit},
		"stays":                    {func(c net.Conn) { ask(t, c, asking) }, idleLimit},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := pipes{come: make(chan net.Conn)}
				s := serve(l, NewMetrics(twoFlows()))
				client, server := net.Pipe()
				ended := make(chan struct{})
				began := time.Now()
				l.come <- closing{server, ended}
				var holder sync.WaitGroup
				holder.Go(func() { c.held(client) })
				<-ended
				if took := time.Since(began); took < c.want || took > c.want+time.Second {
					t.Errorf("the connection was held for %v, want %v", took, c.want)
				}
				client.Close()
				holder.Wait()
				s.End(nil)
			})
		})
	}
}

// A closing connection says when it is closed.
type closing struct {
	net.Conn
	ended chan struct{}
}

func (c closing) Close() error {
	close(c.ended)
	return c.Conn.Close()
}

// dribble writes an octet a second, and reads what comes.
func dribble(c net.Conn, text string) {
	go io.Copy(io.Discard, c)
	for i := range text {
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
