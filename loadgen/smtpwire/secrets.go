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

// Secrets are the passwords and tokens that no text of a run may show. A server may
// send back what a client told it, in that session or in one of another account. So
// every text that leaves a Client is searched for all of them: as they are, and as
// they look within base64, which finds the responses of PLAIN, LOGIN, XOAUTH2 and
// OAUTHBEARER. Upper and lower case are the same.
//
// Many clients may use the same Secrets at a time. The zero value, and nil, are none.
type Secrets struct {
	proofs *proofs            // the last responses of clients that prove a password; nil for none
	more   *Secrets           // others to look for
	long   []pattern          // patterns of longPattern octets or more, sorted
	short  map[string]pattern // shorter patterns
	widths []int              // lengths of the short ones
	begins filter             // the beginnings of all patterns
	parts  map[uint64]bool    // each part of longPattern octets of the long ones; true if it is base64
}

// A pattern is what a secret looks like in a text, folded.
type pattern struct {
	text string
	head uint64 // its first octets, to sort by
	word bool   // counts only as a word of its own
	code bool   // is base64; the whole run of base64 around it is hidden
	name bool   // counts only as a whole: many texts have parts of names in them
}

const (
	longPattern = 8 // how many octets a filter looks at

	// shortSecret is how many octets a secret must have to be found within words.
	// If the secret is u, nothing could be read if each u were hidden.
	shortSecret = 4
)

// NewSecrets returns the passwords and tokens of accounts. The names of those that
// are Private are secrets too.
func NewSecrets(lists ...[]Credentials) *Secrets {
	var list patternList
	seen := map[string]bool{}
	for _, accounts := range lists {
		for i := range accounts {
			c := &accounts[i]
			list.names = true
			if len(c.Password) < shortSecret {
				list.addResponses(c)
			}
			secrets := []string{c.Password, c.Username, c.Identity}
			if !c.Private {
				secrets = secrets[:1]
			}
			for n, secret := range secrets {
				if !seen[secret] {
					seen[secret] = true
					list.names = n > 0
					list.addSecret(secret)
				}
			}
		}
	}
	s := list.secrets()
	s.proofs = new(proofs)
	return s
}

// with returns a set that has one secret more than s. s keeps that secret for a while
// too: a server may send it in another session.
func (s *Secrets) with(proof string) *Secrets {
	t := secretsOf(proof)
	if t.more = s; s != nil {
		s.proofs.add(proof)
	}
	return t
}

func secretsOf(texts ...string) *Secrets {
	var list patternList
	for _, text := range texts {
		list.addSecret(text)
	}
	return list.secrets()
}

// A patternList is the list of patterns that Secrets are made from. There may be
// hundreds of thousands, so their texts are parts of one.
type patternList struct {
	text     []byte
	patterns []look
	scratch  []byte
	names    bool // the patterns to come are names, or have names in them
}

// A look is a pattern whose text is a part of the list's.
type look struct {
	from, to         int
	word, code, name bool // as pattern has them
}

// add adds k as a pattern: its text goes from k.from to the end of the list's text.
func (l *patternList) add(k look) {
	fold(l.text[k.from:])
	if k.to = len(l.text); k.from < k.to {
		k.name = l.names
		l.patterns = append(l.patterns, k)
	}
}

var lineEnds = strings.NewReplacer("\r", "", "\n", "")

// addSecret adds all that a secret looks like.
func (l *patternList) addSecret(secret string) {
	text := lineEnds.Replace(strings.TrimSpace(secret)) // a reply does not show the rest
	if text == "" {
		return
	}
	from := len(l.text)
	l.text = append(l.text, text...)
	l.add(look{from: from, word: len(text) < shortSecret})
	if !isASCII(text) {
		l.addLatin1(text)
	}
	if len(secret) < shortSecret {
		l.addBase64(secret)
		return
	}
	for ahead := range 3 {
		l.addWithinBase64(secret, ahead)
	}
}

// addLatin1 adds a text in UTF-8 as a server shows it that takes each octet for a
// character.
func (l *patternList) addLatin1(text string) {
	from := len(l.text)
	for i := range len(text) {
		l.text = utf8.AppendRune(l.text, rune(text[i]))
	}
	l.add(look{from: from})
}

// addBase64 adds the base64 of a short secret, which counts as a word of its own.
func (l *patternList) addBase64(secret string) {
	from := len(l.text)
	l.text = base64.RawStdEncoding.AppendEncode(l.text, []byte(secret))
	l.add(look{from: from, word: true, code: true})
}

// addWithinBase64 adds what a secret looks like within base64, with a number of octets
// ahead of it. The digits at both ends are left out: they depend on the octets around
// the secret.
func (l *patternList) addWithinBase64(secret string, ahead int) {
	var filling [2]byte
	l.scratch = append(append(l.scratch[:0], filling[:ahead]...), secret...)
	from := len(l.text)
	l.text = base64.RawStdEncoding.AppendEncode(l.text, l.scratch)
	l.text = l.text[:from+8*len(l.scratch)/6]
	l.text = slices.Delete(l.text, from, from+(8*ahead+5)/6)
	l.add(look{from: from, code: true})
}

// addResponses adds what an account with a short password sends with AUTH: the
// password is too short to be found within it.
func (l *patternList) addResponses(c *Credentials) {
	if c.Password == "" {
		return
	}
	for _, m := range []mechanism{plain, xoauth2, oauthBearer} {
		if _, response, err := newSASL(m, c, 0).Start(); err == nil {
			from := len(l.text)
			l.text = base64.RawStdEncoding.AppendEncode(l.text, response)
			l.add(look{from: from, code: true})
		}
	}
}

func (l *patternList) secrets() *Secrets {
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
		if a.head != b.head { // mostly so, and faster
			return cmp.Compare(a.head, b.head)
		}
		return strings.Compare(a.text, b.text)
	})
	return s
}

// maxParts bounds the memory of parts. With more accounts than that allows, a secret
// is found by its beginning only.
const maxParts = 1 << 20

// partsOf returns all parts of long patterns. A server may show a secret without its
// beginning, for example its rest on another line or in another reply.
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

// fold replaces octets that count as the same: upper case by lower case, and the last
// two digits of the second alphabet of base64 by those of the first (RFC 4648). Octets
// keep their places.
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

// head returns the first longPattern octets of a text as a number. If there are fewer,
// the others are zero.
func head(text []byte) uint64 {
	if len(text) >= longPattern {
		return binary.LittleEndian.Uint64(text)
	}
	var b [longPattern]byte
	copy(b[:], text)
	return binary.LittleEndian.Uint64(b[:])
}

// A filter finds most places at which no pattern begins, by a look at one bit.
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
