package bus

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// A Token is what all of a fleet know, and nobody else.
type Token struct{ secret string }

// TokenVariable is the environment variable that has the token of a fleet, if its user chose
// one.
const TokenVariable = "SMTPGAUGE_TOKEN"

// shortestToken is what cannot be guessed.
const shortestToken = 16

// NewToken makes a token of 128 random bits.
func NewToken() Token {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return Token{hex.EncodeToString(b[:])}
}

// ParseToken takes a token that somebody chose.
func ParseToken(text string) (Token, error) {
	if len(text) < shortestToken || len(text) > 256 {
		return Token{}, fmt.Errorf("a token has %d to 256 characters", shortestToken)
	}
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return Token{}, errors.New("a token has printable ASCII characters and no blank")
		}
	}
	return Token{text}, nil
}

// Secret is the token itself. Whoever prints it gives it away.
func (t Token) Secret() string { return t.secret }

// String does not say what the token is.
func (t Token) String() string { return "(token)" }

// derive makes a key for one purpose.
func (t Token) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, []byte(t.secret))
	mac.Write([]byte("smtpgauge fleet: " + purpose))
	return mac.Sum(nil)
}

// login is what an embedded server asks for. The token cannot be found from it.
func (t Token) login() string { return hex.EncodeToString(t.derive("login")[:16]) }

// subject is the NATS subject of an address.
func (t Token) subject(address string) string {
	return "smtpgauge." + hex.EncodeToString(t.derive("subject")[:8]) + "." + address
}

// A seal encrypts and authenticates messages.
type seal struct{ gcm cipher.AEAD }

func (t Token) seal() seal {
	block, err := aes.NewCipher(t.derive("seal"))
	if err != nil {
		panic(err) // the key has 32 octets
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return seal{gcm}
}

func (s seal) close(address string, plain []byte) []byte {
	return s.gcm.Seal(nil, nil, plain, []byte(address))
}

func (s seal) open(address string, sealed []byte) ([]byte, error) {
	return s.gcm.Open(nil, nil, sealed, []byte(address))
}
