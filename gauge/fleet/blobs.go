package fleet

import (
	"crypto/sha256"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// piecesAhead is how much of a blob may be under way to an agent.
const piecesAhead = 4 * bus.MaxBody

// sendPieces sends an agent what it lacks of the blobs. The fleet is locked.
func (f *Fleet) sendPieces(m *member) {
	if m.away {
		return
	}
	now := time.Now()
	for i, data := range f.blobs {
		have := m.Status.Blobs[i]
		if f.order.Blobs[i].SHA256 == "" || have >= int64(len(data)) {
			continue
		}
		if m.pieces[i] < have || now.Sub(m.pushed) > 2*orderEvery {
			m.pieces[i] = have // what was sent is lost, or of an earlier blob
		}
		for m.pieces[i] < int64(len(data)) && m.pieces[i]-have < piecesAhead {
			part := data[m.pieces[i]:min(int64(len(data)), m.pieces[i]+bus.MaxBody)]
			if f.end.Send(m.id, &bus.Piece{SHA256: f.order.Blobs[i].SHA256, Offset: m.pieces[i]}, part) != nil {
				return
			}
			m.pieces[i] += int64(len(part))
			m.pushed = now
		}
		return // one after the other
	}
}

// setBlobs says which blobs all agents are to have. The fleet is locked.
func (f *Fleet) setBlobs(scenario, terms []byte) {
	for i, data := range [2][]byte{scenario, terms} {
		sum := bus.Sum{Size: int64(len(data)), SHA256: sumOf(data)}
		if f.order.Blobs[i] == sum {
			continue
		}
		f.blobs[i], f.order.Blobs[i] = data, sum
		for _, m := range f.members {
			m.pieces[i], m.Status.Blobs[i] = 0, 0
		}
	}
}

// hashed is the SHA-256 of what was written to it.
type hashed struct{ hasher }

type hasher interface {
	Write([]byte) (int, error)
	Sum([]byte) []byte
}

func newHashed() hashed { return hashed{sha256.New()} }
