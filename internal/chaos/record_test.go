package chaos

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
)

// Types of TLS records, and of handshake messages in them (RFC 8446).
const (
	alertRecord     = 21
	handshakeRecord = 22
	dataRecord      = 23

	sessionTicket = 4
	keyUpdated    = 24
)

// records send what a TLS 1.3 server sends after the handshake, from the first record on. So
// they can send what crypto/tls never does. The suite is TLS_AES_128_GCM_SHA256.
type records struct {
	to     io.Writer
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	number uint64
	piece  int // octets in each record of data; 0 for as many as fit
}

// A keyLog takes the secret of the server's application data, which crypto/tls logs.
type keyLog struct{ secret []byte }

func (k *keyLog) Write(line []byte) (int, error) {
	fields := bytes.Fields(line)
	if len(fields) == 3 && string(fields[0]) == "SERVER_TRAFFIC_SECRET_0" {
		k.secret, _ = hex.DecodeString(string(fields[2])) // as crypto/tls encoded it
	}
	return len(line), nil
}

func newRecords(to io.Writer, secret []byte) (*records, error) {
	r := &records{to: to}
	return r, r.key(secret)
}

// key derives the keys from a secret (RFC 8446, 7.3).
func (r *records) key(secret []byte) error {
	key, err := expand(secret, "key", 16)
	if err != nil {
		return err
	}
	if r.iv, err = expand(secret, "iv", 12); err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	r.secret, r.number = secret, 0
	r.aead, err = cipher.NewGCM(block)
	return err
}

// expand is HKDF-Expand-Label without a context (RFC 8446, 7.1).
func expand(secret []byte, label string, length int) ([]byte, error) {
	label = "tls13 " + label
	info := []byte{byte(length >> 8), byte(length), byte(len(label))}
	info = append(append(info, label...), 0)
	return hkdf.Expand(sha256.New, secret, string(info), length)
}

// send sends a record (RFC 8446, 5.2).
func (r *records) send(kind byte, payload []byte) error {
	nonce := bytes.Clone(r.iv)
	for i, b := range binary.BigEndian.AppendUint64(nil, r.number) {
		nonce[len(nonce)-8+i] ^= b
	}
	r.number++
	inner := append(bytes.Clone(payload), kind)
	n := len(inner) + r.aead.Overhead()
	header := []byte{dataRecord, 3, 3, byte(n >> 8), byte(n)}
	_, err := r.to.Write(r.aead.Seal(bytes.Clone(header), nonce, inner, header))
	return err
}

// Write sends data.
func (r *records) Write(p []byte) (int, error) {
	most := 1 << 14
	if r.piece > 0 {
		most = r.piece
	}
	for rest := p; len(rest) > 0; {
		n := min(len(rest), most)
		if err := r.send(dataRecord, rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// huge is a bit in the form of a handshaken: its message is longer than allowed.
const huge = 1 << 10

// misbehave does what a fault at records does.
func (r *records) misbehave(f fault) error {
	switch f.kind {
	case alert:
		level := []byte{1, 2, 2, 7}[f.form%4]
		return r.send(alertRecord, []byte{level, []byte{0, 10, 20, 42, 46, 80, 90, 116, 255}[f.form/4%9]})
	case keyUpdate:
		for range 1 + f.form%3*10 {
			if err := r.update(); err != nil {
				return err
			}
		}
	case tickets:
		for range 1 + f.form%64 {
			if err := r.send(handshakeRecord, ticket(f.form%3000)); err != nil {
				return err
			}
		}
	case hollow:
		for range 1 + f.form%64 {
			if err := r.send(dataRecord, nil); err != nil {
				return err
			}
		}
	case renew:
		return r.send(handshakeRecord, []byte{0, 0, 0, 0})
	case handshaken:
		length := []byte{0, 0, 3}
		if f.form&huge != 0 {
			length = []byte{byte(f.form >> 8), 0xff, 0xff}
		}
		return r.send(handshakeRecord, append(append([]byte{byte(f.form)}, length...), 1, 2, 3))
	case unrecord:
		if f.form%2 == 0 {
			return r.send(byte(f.form>>1), garbage(f.form))
		}
		_, err := r.to.Write(append([]byte{dataRecord, 3, 3, 0xff, 0xff}, make([]byte, 1<<16)...))
		return err
	case crumbs:
		r.piece = 1
	}
	return nil
}

// update sends a KeyUpdate that asks for another, and goes on with the next keys (RFC 8446,
// 4.6.3).
func (r *records) update() error {
	if err := r.send(handshakeRecord, []byte{keyUpdated, 0, 0, 1, 1}); err != nil {
		return err
	}
	next, err := expand(r.secret, "traffic upd", sha256.Size)
	if err != nil {
		return err
	}
	return r.key(next)
}

// ticket returns a NewSessionTicket with n octets (RFC 8446, 4.6.1).
func ticket(n int) []byte {
	body := []byte{0, 0, 0x0e, 0x10, 1, 2, 3, 4, 1, 0, byte(n >> 8), byte(n)}
	body = append(append(body, make([]byte, n)...), 0, 0)
	return append([]byte{sessionTicket, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}
