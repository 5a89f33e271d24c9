package wire

// Types of TLS records (RFC 8446, section 5.1).
const (
	recordHandshake   = 22
	recordApplication = 23
)

// recordOverhead is what TLS 1.3 adds to the content of a record: its type, and the tag of each of the
// usual ciphers (section 5.2).
const recordOverhead = 1 + 16

// Lengths of content by which a record is recognized.
const (
	alertLength = 2               // close_notify
	shortLength = len("QUIT\r\n") // DATA is as long
)

// turns follow a conversation under TLS by who speaks.
type turns struct {
	*conversation
	up, down records
	greets   bool // the banner is still to come

	helloAt Time // when the ClientHello left
	secured bool

	last    Phase // of the turn before
	speaks  bool  // the client has had a turn that has no answer yet
	content int   // bytes in the first record of its turn
	fromAt  Time  // when its turn began
	toAt    Time  // when its last byte left
	replyAt Time  // when the last byte of the server's turn arrived; 0 before that
}

// left takes bytes that the client sent.
func (t *turns) left(at Time, p []byte, length int) {
	if !t.up.add(at, p, length, t.clientRecord) {
		t.to.strange("TLS record header that was not captured")
	}
}

// arrived takes bytes that the server sent.
func (t *turns) arrived(at Time, p []byte, length int) {
	if !t.down.add(at, p, length, t.serverRecord) {
		t.to.strange("TLS record header that was not captured")
	}
}

func (t *turns) clientRecord(r record) {
	switch {
	case r.kind == recordHandshake && t.helloAt == 0:
		t.helloAt = r.from
	case r.kind != recordApplication:
	case !t.secured: // the client's Finished, which ends the handshake for the client
		t.secured = true
		t.to.sample(TLS, t.helloAt, r.to)
		t.established = r.to
	case r.length-recordOverhead == alertLength:
		t.finish()
	default:
		t.clientSpeaks(r)
	}
}

// clientSpeaks begins the client's turn, or goes on with it.
func (t *turns) clientSpeaks(r record) {
	if t.replyAt != 0 || !t.speaks {
		t.finish()
		t.speaks, t.fromAt, t.content = true, r.from, r.length-recordOverhead
		if t.next() == Mail {
			t.to.Mailed = append(t.to.Mailed, r.from)
		}
	}
	t.toAt = r.to
}

// serverRecord goes on with the server's turn. Session tickets come before the reply that the client
// waits for, so the last record of a turn is that of the reply.
func (t *turns) serverRecord(r record) {
	if !t.secured || r.kind != recordApplication || r.length-recordOverhead == alertLength {
		return
	}
	if t.speaks || t.greets {
		t.replyAt = r.to
	}
}

// finish ends a turn of the server.
func (t *turns) finish() {
	at := t.replyAt
	t.replyAt = 0
	if at == 0 {
		return
	}
	if t.greets {
		t.greets, t.welcome = false, true
		t.to.sample(Banner, t.established, at)
		return
	}
	phase := t.next()
	t.speaks, t.last = false, phase
	from := t.fromAt
	switch phase {
	case Mail:
		t.mailAt = from
	case Body:
		from = t.toAt
		t.to.sample(Message, t.mailAt, at)
	case Quit:
		t.to.sample(Session, t.dialed, at)
	}
	t.to.sample(phase, from, at)
}

// next returns the phase of the turn under way. The order of phases is known. If two can follow, the
// length decides, because only QUIT and DATA are so short.
func (t *turns) next() Phase {
	short := t.content == shortLength
	switch t.last {
	case "":
		if t.to.beginning == InClear {
			return EHLOTLS
		}
		return EHLO
	case EHLO, EHLOTLS, Body:
		if short {
			return Quit
		}
		return Mail
	case Mail:
		return Rcpt
	case Rcpt:
		if short {
			return Data
		}
		return Rcpt
	case Data:
		return Body
	}
	t.to.strange("turn after " + string(t.last))
	return Quit
}

// A record is a TLS record, with the times of its first and its last byte.
type record struct {
	kind     byte
	length   int // without the header
	from, to Time
}

// records finds the records in a stream.
type records struct {
	header [5]byte
	have   int // bytes of the header
	left   int // bytes still to come
	record
	lost bool
}

// add takes the next bytes, and calls emit for each record that they complete. If a header was not
// captured, the records after it cannot be found; add returns false then, once.
func (r *records) add(at Time, p []byte, length int, emit func(record)) bool {
	if r.lost {
		return true
	}
	for off := 0; off < length; {
		if r.have < len(r.header) {
			if off >= len(p) {
				r.lost = true
				return false
			}
			if r.have == 0 {
				r.from = at
			}
			r.header[r.have] = p[off]
			r.have++
			off++
			if r.have == len(r.header) {
				r.kind = r.header[0]
				r.length = int(r.header[3])<<8 | int(r.header[4])
				r.left = r.length
			}
		} else {
			n := min(r.left, length-off)
			r.left -= n
			off += n
		}
		if r.have == len(r.header) && r.left == 0 {
			r.to = at
			r.have = 0
			emit(r.record)
		}
	}
	return true
}
