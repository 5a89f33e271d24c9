package wire

import "slices"

// A stream puts one direction of a connection in order: each byte is handed on
// once, with the time that counts for it.
type stream struct {
	leaving bool // the client's direction
	begun   bool
	next    uint32 // sequence number of the next byte
	ahead   []Segment
	again   int // segments seen before
}

// add takes a segment and hands on what is now in order. emit gets the bytes
// captured and how many there were.
func (s *stream) add(g Segment, emit func(at Time, p []byte, length int)) {
	if g.Syn {
		if !s.begun {
			s.begun, s.next = true, g.Seq+1
		}
		return
	}
	if g.Length == 0 {
		return
	}
	if int32(g.Seq-s.next) > 0 { // a hole before it: keep a copy, the frame is not ours
		g.Payload = slices.Clone(g.Payload)
		s.ahead = append(s.ahead, g)
		return
	}
	if !s.take(g, g.At, emit) {
		s.again++
		return
	}
	// What waited behind the hole. The client's bytes left when they were
	// captured; the server's can be read only from now on.
	slices.SortFunc(s.ahead, func(a, b Segment) int { return int(int32(a.Seq - b.Seq)) })
	for len(s.ahead) > 0 && int32(s.ahead[0].Seq-s.next) <= 0 {
		h := s.ahead[0]
		s.ahead = s.ahead[1:]
		at := g.At
		if s.leaving {
			at = h.At
		}
		s.take(h, at, emit)
	}
}

// take hands on the part of g that is new, and tells whether there is one.
func (s *stream) take(g Segment, at Time, emit func(Time, []byte, int)) bool {
	old := int(s.next - g.Seq)
	if old >= g.Length {
		return false
	}
	p := g.Payload[min(old, len(g.Payload)):]
	s.next = g.Seq + uint32(g.Length)
	emit(at, p, g.Length-old)
	return true
}
