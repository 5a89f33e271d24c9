package labserver

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
)

// Password is what a client has to prove that it knows, whatever its user's name is.
const Password = "lab-password"

// salts is how many salts a Server has. It takes one after the other, so that a client that
// remembers a few keys has to derive new ones each time, and the server never.
const salts = 64

// proofs are the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677).
type proofs struct {
	iterations int
	keys       [salts]proofKeys
	next       atomic.Uint64
}

type proofKeys struct{ salt, stored, server []byte }

func newProofs(iterations int) (*proofs, error) {
	p := &proofs{iterations: iterations}
	for i := range p.keys {
		k := &p.keys[i]
		k.salt = make([]byte, 16)
		_, _ = rand.Read(k.salt) // never fails
		salted, err := pbkdf2.Key(sha256.New, Password, k.salt, iterations, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("keys of SCRAM: %w", err)
		}
		stored := sha256.Sum256(mac(salted, "Client Key"))
		k.stored, k.server = stored[:], mac(salted, "Server Key")
	}
	return p, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// authenticate serves AUTH SCRAM-SHA-256 with an initial response.
func (d *dialogue) authenticate(argument string) error {
	mechanism, initial, _ := strings.Cut(argument, " ")
	bare, found := strings.CutPrefix(decoded(initial), "n,,")
	_, nonce, named := strings.Cut(bare, ",r=")
	if d.server.proofs == nil || mechanism != "SCRAM-SHA-256" || !found || !named {
		return d.reply("auth", "504 5.5.4 Error: only SCRAM-SHA-256 with an initial response, if it was offered\r\n")
	}
	p := d.server.proofs
	k := &p.keys[p.next.Add(1)%salts]
	nonce += rand.Text()
	first := fmt.Sprintf("r=%s,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString(k.salt), p.iterations)
	final, err := d.ask(first)
	if err != nil {
		return err
	}
	without, proof, _ := strings.Cut(final, ",p=")
	text := bare + "," + first + "," + without
	given, sign := []byte(decoded(proof)), mac(k.stored, text)
	if without != "c=biws,r="+nonce || len(given) != len(sign) {
		return d.reply("auth", "535 5.7.8 Error: not what this exchange is about\r\n")
	}
	client := make([]byte, len(sign))
	subtle.XORBytes(client, given, sign)
	if stored := sha256.Sum256(client); !bytes.Equal(stored[:], k.stored) {
		return d.reply("auth", "535 5.7.8 Error: another password\r\n")
	}
	if _, err := d.ask("v=" + base64.StdEncoding.EncodeToString(mac(k.server, text))); err != nil {
		return err
	}
	d.server.proved.Add(1)
	return d.reply("auth", "235 2.7.0 Ok\r\n")
}

// ask sends a challenge, and returns the response.
func (d *dialogue) ask(challenge string) (string, error) {
	if err := d.reply("auth", "334 "+base64.StdEncoding.EncodeToString([]byte(challenge))+"\r\n"); err != nil {
		return "", err
	}
	if err := d.out.Flush(); err != nil {
		return "", err
	}
	line, err := d.in.ReadSlice('\n')
	return decoded(string(bytes.TrimRight(line, "\r\n"))), err
}

// decoded returns what a text in base64 stands for; "" if it is none.
func decoded(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(b)
}
