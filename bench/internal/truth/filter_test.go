//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// frame makes an Ethernet frame around a TCP segment.
func frame(from, to uint16, flags byte, payload string) []byte {
	f := make([]byte, 14+24+32, 14+24+32+len(payload))
	binary.BigEndian.PutUint16(f[12:], unix.ETH_P_IP)
	ip := f[14:]
	ip[0], ip[9] = 0x46, unix.IPPROTO_TCP // with an option: the header's length counts
	binary.BigEndian.PutUint16(ip[2:], uint16(24+32+len(payload)))
	binary.BigEndian.PutUint16(ip[24:], from)
	binary.BigEndian.PutUint16(ip[26:], to)
	ip[24+12], ip[24+13] = 8<<4, flags
	return append(f, payload...)
}

// A Unix socket runs filters too, over what is sent to it, and asks for no
// privilege. To it everything arrives and nothing leaves.
func TestFilter(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	if err := attach(pair[1], filter(25, 1000)); err != nil {
		t.Fatal(err)
	}
	const ack, psh = 0x10, 0x18
	fragment := frame(25, 40000, psh, "250 ok\r\n")
	fragment[21] = 1
	udp := frame(25, 40000, psh, "250 ok\r\n")
	udp[23] = unix.IPPROTO_UDP
	ipv6 := frame(25, 40000, psh, "250 ok\r\n")
	binary.BigEndian.PutUint16(ipv6[12:], unix.ETH_P_IPV6)
	for name, test := range map[string]struct {
		frame []byte
		keep  bool
	}{
		"reply":             {frame(25, 40000, psh, "250 ok\r\n"), true},
		"a byte":            {frame(25, 40000, psh, "2"), true},
		"SYN-ACK":           {frame(25, 40000, 0x12, ""), true},
		"FIN":               {frame(25, 40000, 0x11, ""), true},
		"RST":               {frame(25, 40000, 0x04, ""), true},
		"acknowledgement":   {frame(25, 40000, ack, ""), false},
		"arriving command":  {frame(40000, 25, psh, "QUIT\r\n"), false},
		"another's segment": {frame(80, 40000, psh, "x"), false},
		"fragment":          {fragment, false},
		"UDP":               {udp, false},
		"IPv6":              {ipv6, false},
	} {
		if err := unix.Send(pair[0], test.frame, 0); err != nil && !errors.Is(err, unix.EPERM) {
			t.Fatal(err) // EPERM is how a Unix socket says that the filter said no
		}
		_, _, err := unix.Recvfrom(pair[1], make([]byte, 2000), 0)
		if kept := err == nil; kept != test.keep {
			t.Errorf("%s: kept is %v, want %v (%v)", name, kept, test.keep, err)
		}
	}
}
