package smtpwire

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redacted stands in place of a secret wherever one would be shown.
const Redacted = "<redacted>"

// Secrets are the passwords and tokens that no text of a run may show. A server
// may say back what a client told it, in that session or in another account's,
// so every text that leaves a Client is searched for all of them: as they are,
// and as they look in base64 whatever stands before them, which finds the
// responses of PLAIN, LOGIN, XOAUTH2 and OAUTHBEARER. Case counts nowhere.
//
// Secrets may be used by many clients at a time. The zero value, and nil, are
// none.
type Secrets struct {
	proofs *proofs            // what the clients proved to know them by; nil for none
	more   *Secrets           // others to look for
	long   []pattern          // of longPattern octets and more, sorted
	short  map[string]pattern // those shorter
	widths []int              // of the short ones
	begins filter             // of what all of them begin with
	parts  map[uint64]bool    // the parts of longPattern octets of the long ones; true within base64
}

// A pattern is what a secret looks like in a text, folded.
type pattern struct {
	text string
	head uint64 // its first octets in their order
	word bool   // counts only where it stands as a word of its own
	code bool   // is within base64, all of which goes
	name bool   // counts as a whole: parts of names stand in many texts
}

const (
	longPattern = 8 // as much as a filter looks at

	// shortSecret is what a secret has at least that is found within words. The
	// letter u in every text would leave nothing to read.
	shortSecret = 4
)

// NewSecrets makes the secrets of accounts.
func NewSecrets(lists ...[]Credentials) *Secrets {
	var looks looks
	seen := map[string]bool{}
	for _, list := range lists {
		for i := range list {
			c := &list[i]
			looks.names = true
			if len(c.Password) < shortSecret {
				looks.responses(c)
			}
			secrets := []string{c.Password, c.Username, c.Identity}
			if !c.Private {
				secrets = secrets[:1]
			}
			for n, secret := range secrets {
				if !seen[secret] {
					seen[secret] = true
					looks.names = n > 0
					looks.secret(secret)
				}
			}
		}
	}
	s := looks.secrets()
	s.proofs = new(proofs)
	return s
}

// with returns s and one secret more, and keeps that for a while in s as well.
func (s *Secrets) with(proof string) *Secrets {
	t := secretsOf(proof)
	if t.more = s; s != nil {
		s.proofs.add(proof)
	}
	return t
}

func secretsOf(texts ...string) *Secrets {
	var looks looks
	for _, text := range texts {
		looks.secret(text)
	}
	return looks.secrets()
}

// looks are what secrets look like. There may be hundreds of thousands, so
// their texts are parts of one.
type looks struct {
	text     []byte
	patterns []look
	scratch  []byte
	names    bool // what comes is names, or has names in it
}

type look struct {
	from, to         int // in text
	word, code, name bool
}

// add takes what was put at the end of text for a look.
func (l *looks) add(from int, word, code bool) {
	fold(l.text[from:])
	if from < len(l.text) {
		l.patterns = append(l.patterns, look{from, len(l.text), word, code, l.names})
	}
}

var lineEnds = strings.NewReplacer("\r", "", "\n", "")

func (l *looks) secret(secret string) {
	text := lineEnds.Replace(strings.TrimSpace(secret)) // what lines do not show
	if text == "" {
		return
	}
	from := len(l.text)
	l.text = append(l.text, text...)
	l.add(from, len(text) < shortSecret, false)
	if !isASCII(text) {
		l.latin1(text)
	}
	if len(secret) < shortSecret {
		l.encoded([]byte(secret), 0, true)
		return
	}
	for ahead := range 3 {
		var filling [2]byte
		l.scratch = append(append(l.scratch[:0], filling[:ahead]...), secret...)
		l.encoded(l.scratch, ahead, false)
	}
}

// latin1 is how UTF-8 looks to a server that takes every octet for a character.
func (l *looks) latin1(text string) {
	from := len(l.text)
	for i := range len(text) {
		l.text = utf8.AppendRune(l.text, rune(text[i]))
	}
	l.add(from, false, false)
}

// encoded takes base64 of octets, without the digits at both ends that depend
// on the octets ahead and on what comes after.
func (l *looks) encoded(octets []byte, ahead int, word bool) {
	from := len(l.text)
	l.text = base64.RawStdEncoding.AppendEncode(l.text, octets)
	if !word {
		l.text = l.text[:from+8*len(octets)/6]
		l.text = slices.Delete(l.text, from, from+(8*ahead+5)/6)
	}
	l.add(from, word, true)
}

// responses takes what a short secret's account says with AUTH: in there it is
// too little to be known by itself.
func (l *looks) responses(c *Credentials) {
	if c.Password == "" {
		return
	}
	for _, m := range []mechanism{plain, xoauth2, oauthBearer} {
		if _, response, err := newSASL(m, c).Start(); err == nil {
			from := len(l.text)
			l.text = base64.RawStdEncoding.AppendEncode(l.text, response)
			l.add(from, false, true)
		}
	}
}

func (l *looks) secrets() *Secrets {
	s := &Secrets{short: map[string]pattern{}, begins: newFilter(len(l.patterns))}
	s.long = make([]pattern, 0, len(l.patterns))
	text := string(l.text)
	for _, k := range l.patterns {
		p := pattern{text: text[k.from:k.to], word: k.word, code: k.code, name: k.name}
		h := head([]byte(p.text[:min(len(p.text), longPattern)]))
		s.begins.add(h, min(len(p.text), longPattern))
		if len(p.text) >= longPattern {
			p.head = bits.ReverseBytes64(h)
			s.long = append(s.long, p)
			continue
		}
		if known, ok := s.short[p.text]; ok {
			p.word, p.code = p.word && known.word, p.code || known.code
		}
		s.short[p.text] = p
		if !slices.Contains(s.widths, len(p.text)) {
			s.widths = append(s.widths, len(p.text))
		}
	}
	s.parts = partsOf(s.long)
	slices.SortFunc(s.long, func(a, b pattern) int {
		if a.head != b.head { // mostly, and it is at hand
			return cmp.Compare(a.head, b.head)
		}
		return strings.Compare(a.text, b.text)
	})
	return s
}

// maxParts bounds the memory of parts. With more accounts than that makes only
// what a secret begins with is known by itself.
const maxParts = 1 << 20

// partsOf are what a server may show of a secret without its beginning: the
// rest of it on another line, in another reply.
func partsOf(long []pattern) map[uint64]bool {
	total := 0
	for i := range long {
		total += len(long[i].text)
	}
	if total > maxParts {
		return nil
	}
	parts := make(map[uint64]bool, total)
	for i := range long {
		if long[i].name {
			continue
		}
		for text := []byte(long[i].text); len(text) >= longPattern; text = text[1:] {
			parts[head(text)] = long[i].code
		}
	}
	return parts
}

// fold makes one of what does not count as different: upper and lower case, and
// the last two digits of both alphabets of base64 (RFC 4648). Octets keep their
// places.
func fold(text []byte) {
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case 'A' <= b && b <= 'Z':
			text[i] = b + 'a' - 'A'
		case b == '-':
			text[i] = '+'
		case b == '_':
			text[i] = '/'
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(text[i:])
			if low := unicode.ToLower(r); n > 1 && utf8.RuneLen(low) == n {
				utf8.EncodeRune(text[i:], low)
			}
			i += n - 1
		}
	}
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// head is the first octets of a text as a number, as many as there are of
// longPattern.
func head(text []byte) uint64 {
	if len(text) >= longPattern {
		return binary.LittleEndian.Uint64(text)
	}
	var b [longPattern]byte
	copy(b[:], text)
	return binary.LittleEndian.Uint64(b[:])
}

// A filter tells most places where no pattern begins at the cost of a look at
// one bit.
type filter []uint64

func newFilter(n int) filter {
	words := 8
	for words < n/4 { // 16 bits a pattern
		words *= 2
	}
	return make(filter, words)
}

func (f filter) place(head uint64, n int) (word int, bit uint64) {
	h := (head ^ uint64(n)) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	return int(h>>6) & (len(f) - 1), 1 << (h & 63)
}

func (f filter) add(head uint64, n int) {
	word, bit := f.place(head, n)
	f[word] |= bit
}

func (f filter) has(head uint64, n int) bool {
	word, bit := f.place(head, n)
	return f[word]&bit != 0
}
