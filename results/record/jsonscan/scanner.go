// Package jsonscan reads lines of JSON as this program writes them, many times as fast as
// encoding/json does: without blanks, and with keys in which nothing is escaped. A
// [Scanner] that meets anything else says that it failed, and encoding/json has to read
// the line.
package jsonscan

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// A Scanner reads JSON without blanks in it.
type Scanner struct {
	Rest   []byte // what is not read yet
	Failed bool   // what was read is not what was asked for
}

// Eat reads one octet, which has to be c.
func (s *Scanner) Eat(c byte) {
	if !s.Skip(c) {
		s.Failed = true
	}
}

// Skip reads one octet if it is c, and tells whether it was.
func (s *Scanner) Skip(c byte) bool {
	if len(s.Rest) == 0 || s.Rest[0] != c {
		return false
	}
	s.Rest = s.Rest[1:]
	return true
}

// Fields calls value at each value of an object.
func (s *Scanner) Fields(value func(key []byte)) {
	s.Eat('{')
	if s.Skip('}') {
		return
	}
	for more := true; more && !s.Failed; more = s.Skip(',') {
		key := s.Key()
		if !s.Failed {
			value(key)
		}
	}
	s.Eat('}')
}

// SkipTexts skips an object of texts in which nothing is escaped, and returns what
// is within its braces.
func (s *Scanner) SkipTexts() []byte {
	start := s.Rest
	s.Eat('{')
	for more := true; more && !s.Failed; more = s.Skip(',') {
		s.Key()
		s.Quoted()
	}
	s.Eat('}')
	if s.Failed {
		return nil
	}
	inside := start[1 : len(start)-len(s.Rest)-1]
	s.Failed = bytes.IndexByte(inside, '\\') >= 0
	return inside
}

// Key reads a plain key and the colon after it.
func (s *Scanner) Key() []byte {
	key := s.Quoted()
	for _, c := range key {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			s.Failed = true
		}
	}
	s.Eat(':')
	return key
}

// Quoted reads up to the next quote, and returns what is between the two.
func (s *Scanner) Quoted() []byte {
	s.Eat('"')
	end := bytes.IndexByte(s.Rest, '"')
	if end < 0 {
		s.Failed = true
		return nil
	}
	text := s.Rest[:end]
	s.Rest = s.Rest[end+1:]
	return text
}

// Text reads any text.
func (s *Scanner) Text() string {
	if len(s.Rest) == 0 || s.Rest[0] != '"' {
		s.Failed = true
		return ""
	}
	plain, end := true, 1
	for ; end < len(s.Rest) && s.Rest[end] != '"'; end++ {
		switch c := s.Rest[end]; {
		case c == '\\':
			plain = false
			end++
		case c < ' ' || c >= utf8.RuneSelf:
			plain = false
		}
	}
	if end >= len(s.Rest) {
		s.Failed = true
		return ""
	}
	whole := s.Rest[:end+1]
	s.Rest = s.Rest[end+1:]
	if plain {
		return string(whole[1:end])
	}
	var text string
	if err := json.Unmarshal(whole, &text); err != nil {
		s.Failed = true
	}
	return text
}

// Integer reads an integer of 64 bits.
func (s *Scanner) Integer() int64 {
	negative := s.Skip('-')
	n, digits := uint64(0), 0
	for digits < len(s.Rest) && '0' <= s.Rest[digits] && s.Rest[digits] <= '9' {
		n = 10*n + uint64(s.Rest[digits]-'0')
		digits++
	}
	if digits == 0 || digits > 19 || n > math.MaxInt64 || digits > 1 && s.Rest[0] == '0' {
		s.Failed = true
		return 0
	}
	s.Rest = s.Rest[digits:]
	if negative {
		return -int64(n)
	}
	return int64(n)
}

// Float reads a number.
func (s *Scanner) Float() float64 {
	length := 0
	for length < len(s.Rest) && s.Rest[length] != ',' && s.Rest[length] != '}' {
		length++
	}
	text := s.Rest[:length]
	s.Rest = s.Rest[length:]
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !json.Valid(text) {
		s.Failed = true
	}
	return v
}
