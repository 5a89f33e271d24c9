package bus

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
)

// An End is one end of a fleet's bus: the coordinator's, or an agent's. Its methods may be
// called from any goroutine.
type End struct {
	bus  Bus
	seal seal
	id   string

	mu   sync.Mutex
	sent uint64
}

// NewEnd returns an end with an ID of its own.
func NewEnd(b Bus, t Token) *End {
	var id [8]byte
	rand.Read(id[:]) // never fails
	return &End{bus: b, seal: t.seal(), id: hex.EncodeToString(id[:])}
}

// ID is what no other end has. It is an agent's address.
func (e *End) ID() string { return e.id }

// Send sends a message with its body to an address. Messages that it sends to one address
// at the same time may arrive in either order, and one of them be dropped.
func (e *End) Send(address string, m Message, body []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sent++
	data, err := encode(e.id, e.sent, m, body)
	if err != nil {
		return err
	}
	return e.bus.Send(address, e.seal.close(address, data))
}

// Leaving is that of the bus.
func (e *End) Leaving() { e.bus.Leaving() }

// Resting is that of the bus.
func (e *End) Resting() { e.bus.Resting() }

// Listen calls take for each message to an address that is valid, until stop is called. The
// body is valid during the call.
func (e *End) Listen(address string, take func(from string, m Message, body []byte)) (stop func(), err error) {
	last := map[string]uint64{} // by sender: the number of its last message
	return e.bus.Listen(address, func(data []byte) {
		plain, err := e.seal.open(address, data)
		if err != nil {
			return
		}
		from, seq, m, body, err := decode(plain)
		if err != nil || seq <= last[from] {
			return
		}
		if len(last) > 4*maxAgents {
			clear(last)
		}
		last[from] = seq
		take(from, m, body)
	})
}
