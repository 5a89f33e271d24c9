package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// A Segment is one TCP segment between a client and the server.
type Segment struct {
	At         Time
	Client     netip.AddrPort // identifies the connection
	FromClient bool
	Seq        uint32
	Syn        bool
	Fin        bool // or RST: nothing follows
	Payload    []byte
	Length     int // of the payload as it was sent; more than len(Payload) if the capture cut it
}

// Time is nanoseconds since the Unix epoch.
type Time int64

// Sub returns t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

const (
	ethernet = 14 // bytes of the header; frames of the loopback device have an empty one
	ipv4     = 0x0800
	tcp      = 6
)

// Flags of the TCP header.
const (
	flagFin = 1 << 0
	flagSyn = 1 << 1
	flagRst = 1 << 2
)

// Parse reads an Ethernet frame with IPv4 and TCP to or from the server's port. ok is false for all
// others, and for frames that are cut within their headers. The payload is a part of the frame, not a
// copy.
func Parse(frame []byte, at Time, port uint16) (s Segment, ok bool) {
	if len(frame) < ethernet+20 || binary.BigEndian.Uint16(frame[12:]) != ipv4 {
		return s, false
	}
	ip := frame[ethernet:]
	header := int(ip[0]&0x0f) * 4
	if ip[0]>>4 != 4 || ip[9] != tcp || header < 20 || len(ip) < header+20 {
		return s, false
	}
	total := int(binary.BigEndian.Uint16(ip[2:]))
	t := ip[header:]
	offset := int(t[12]>>4) * 4
	if offset < 20 || len(t) < offset || total < header+offset {
		return s, false
	}
	from, to := binary.BigEndian.Uint16(t[0:]), binary.BigEndian.Uint16(t[2:])
	switch port {
	case to:
		s.FromClient = true
		s.Client = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), from)
	case from:
		s.Client = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), to)
	default:
		return s, false
	}
	s.At = at
	s.Seq = binary.BigEndian.Uint32(t[4:])
	s.Syn = t[13]&flagSyn != 0
	s.Fin = t[13]&(flagFin|flagRst) != 0
	s.Length = total - header - offset
	s.Payload = t[offset:]
	if len(s.Payload) > s.Length { // Ethernet pads short frames
		s.Payload = s.Payload[:s.Length]
	}
	return s, true
}
