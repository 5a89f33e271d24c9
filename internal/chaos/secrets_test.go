package chaos

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// secrets are what a trial authenticates with. The name is not secret.
type secrets struct{ username, password string }

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"

// drawSecrets draws secrets that are so long that a part of one is a secret too.
func drawSecrets(r *rand.Rand) secrets {
	password := make([]byte, 24)
	for i := range password {
		password[i] = letters[r.IntN(len(letters))]
	}
	return secrets{username: fmt.Sprintf("user%d@example.test", r.IntN(1000)), password: string(password)}
}

// responses returns what clients of several mechanisms send with the password in it.
func (s secrets) responses() []string {
	return []string{
		s.password,
		"\x00" + s.username + "\x00" + s.password,
		"user=" + s.username + "\x01auth=Bearer " + s.password + "\x01\x01",
		"n,a=" + s.username + ",\x01auth=Bearer " + s.password + "\x01\x01",
	}
}

// said returns the secret in one of the ways in which a server may send it back.
func (s secrets) said(form int) string {
	all := s.responses()
	one := all[form%len(all)]
	switch form / len(all) % 6 {
	case 0:
		return one
	case 1, 2:
		return base64.StdEncoding.EncodeToString([]byte(one))
	case 3:
		return hex.EncodeToString([]byte(one))
	case 4:
		return "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte(one))
	}
	return strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(one)), "=")
}

// confide returns the lines of a reply with the secret in them, or in place of them.
func (s secrets) confide(form int, lines []string) []string {
	said := s.said(form)
	switch form / 24 % 8 {
	case 0:
		return []string{said}
	case 1:
		return append([]string{"no such password: " + said + " (" + said + ")"}, lines...)
	case 2:
		return append(lines, "X-"+said, said+" "+said, "SIZE "+said)
	case 3: // over two lines
		return append([]string{said[:len(said)/2], said[len(said)/2:]}, lines...)
	case 4: // where a text is cut to length
		return []string{strings.Repeat("x", 199-form%30) + said}
	case 5:
		return append([]string{strings.Join(strings.SplitAfter(said, ""), "")}, "AUTH "+said)
	case 6:
		return []string{"<" + said + ">", "\"" + said + "\"", "user=" + s.username + ";password=" + said}
	}
	return []string{"5.7.8 " + said + "\t" + said + " 5.7.8"}
}

// fragment is how many octets of a secret prove a leak. So many do not match by chance.
const fragment = 10

// found returns a part of the secret that is in an output: in the clear, in hex, or in base64
// at any offset. It returns "" if there is none.
func (s secrets) found(output []byte) string {
	for _, form := range s.forms() {
		for i := 0; i+fragment <= len(form); i++ {
			if part := form[i : i+fragment]; bytes.Contains(output, []byte(part)) {
				return part
			}
		}
	}
	return ""
}

// forms returns what the password looks like, without what is around it.
func (s secrets) forms() []string {
	forms := []string{s.password, hex.EncodeToString([]byte(s.password)), strings.ToUpper(hex.EncodeToString([]byte(s.password)))}
	for offset := range 3 {
		// The characters at both ends have bits of what is beside it.
		b := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + s.password))
		from := (offset*8 + 5) / 6
		forms = append(forms, b[from:len(b)-1])
	}
	return forms
}
