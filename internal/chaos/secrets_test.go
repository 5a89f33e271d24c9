package chaos

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// secrets are what a trial authenticates with. The name is no secret.
type secrets struct{ username, password string }

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"

// drawSecrets draws them, long enough that a part is as good as a whole.
func drawSecrets(r *rand.Rand) secrets {
	password := make([]byte, 24)
	for i := range password {
		password[i] = letters[r.IntN(len(letters))]
	}
	return secrets{username: fmt.Sprintf("user%d@example.test", r.IntN(1000)), password: string(password)}
}

// responses are what clients of the mechanisms send with a password in it.
func (s secrets) responses() []string {
	return []string{
		s.password,
		"\x00" + s.username + "\x00" + s.password,
		"user=" + s.username + "\x01auth=Bearer " + s.password + "\x01\x01",
		"n,a=" + s.username + ",\x01auth=Bearer " + s.password + "\x01\x01",
	}
}

// said is one of the ways to say the secret back.
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

// confide says the secret in a reply, beside its lines or in their place.
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

// fragment is how much of a secret gives it away: nothing that long comes
// about by chance.
const fragment = 10

// found returns a part of a secret that stands in an output, in the clear, in
// hex, or in base64 at any offset, and "" where there is none.
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

// forms are how the password looks, without what stands around it.
func (s secrets) forms() []string {
	forms := []string{s.password, hex.EncodeToString([]byte(s.password)), strings.ToUpper(hex.EncodeToString([]byte(s.password)))}
	for offset := range 3 {
		// The characters at either end hold bits of what stands beside it.
		b := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + s.password))
		from := (offset*8 + 5) / 6
		forms = append(forms, b[from:len(b)-1])
	}
	return forms
}
