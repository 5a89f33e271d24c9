package loadgen

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// listenAt listens at some addresses, on one port that is free at all of them.
func listenAt(t *testing.T, hosts ...string) []net.Listener {
	t.Helper()
	for range 100 {
		var listeners []net.Listener
		port := 0
		for _, host := range hosts {
			l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				break // somebody else has the port there
			}
			port = l.Addr().(*net.TCPAddr).Port
			listeners = append(listeners, l)
		}
		if len(listeners) == len(hosts) {
			return listeners
		}
		for _, l := range listeners {
			l.Close()
		}
	}
	t.Fatalf("no port is free at all of %v", hosts)
	return nil
}

// On the network, sessions are spread over the addresses of a name that listen, and
// the one that does not is named.
func TestSpreadOverLoopbackAddresses(t *testing.T) {
	f := &fakeServer{}
	var accepting sync.WaitGroup
	listeners := listenAt(t, "127.30.0.1", "127.30.0.2")
	port := listeners[0].Addr().(*net.TCPAddr).Port
	for _, l := range listeners {
		accepting.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return // closed, below
				}
				f.served.Go(func() { f.serve(c) })
			}
		})
	}
	t.Cleanup(func() {
		for _, l := range listeners {
			l.Close()
		}
		accepting.Wait()
		f.served.Wait()
	})
	p := plan(Load{Sessions: 4, Messages: 200})
	p.Flows[0].Session.Messages = 1
	p.Flows[0].Target.Host, p.Flows[0].Target.Port = "mail.example.test", port
	rec := newTape()
	e, err := New(p, func(int) sample.Recorder { return rec }, Options{Resolve: answers("127.30.0.1 127.30.0.3 127.30.0.2")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	one, two, dead := rec.visits["127.30.0.1"], rec.visits["127.30.0.2"], rec.visits["127.30.0.3"]
	if rec.outcomes[sample.Accepted] != 200 || len(rec.failures) > 0 || one.Started+two.Started != 200 || one.Failed+two.Failed > 0 {
		t.Errorf("%v, %v, %v", rec.outcomes, rec.failures, rec.visits)
	}
	// The dead address's turns do not all go to the one after it.
	if one.Started < 90 || two.Started < 90 || dead.Unreached != dead.Started || !strings.HasPrefix(dead.Why, "refused: ") {
		t.Errorf("%+v", rec.visits)
	}
}
