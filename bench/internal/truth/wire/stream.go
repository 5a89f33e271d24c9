package wire

import "slices"

// A stream puts the segments of one direction of a connection in order. It emits each byte once, with
// the time that counts for it.
type stream struct {
	leaving bool // the client's direction
	begun   bool
	next    uint32 // sequence number of the next byte
	ahead   []Segment
	again   int // segments that were seen before
}

// add takes a segment, and calls emit for the bytes that are in order now. emit gets those that were
// captured, and how many there were.
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
	if int32(g.Seq-s.next) > 0 { // bytes before it are missing: keep a copy, because the frame belongs to the caller
		g.Payload = slices.Clone(g.Payload)
		s.ahead = append(s.ahead, g)
		return
	}
	if !s.take(g, g.At, emit) {
		s.again++
		return
	}
	// The segments after the missing bytes. The client's left when they were
	// captured. The client can read the server's only now.
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

// take emits the part of g that is new, and tells whether there is one.
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
