package machine

import (
	"net"
	"testing"
)

func TestPathOf(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if rtt, mtu, known := PathOf(c.(*net.TCPConn)); !known || rtt <= 0 || mtu < 1280 {
		t.Errorf("round trip %v, MTU %d, %v", rtt, mtu, known)
	}
}
