package record

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// scanInterval reads an interval's line as a Collector writes it, many times as
// fast as encoding/json does, since a day has hundreds of thousands of them. It
// leaves the histograms, nearly all of a line's bytes, as they are. It is false if
// the line is written in any other way: then encoding/json has to read it. A line
// that is read here is read alike there.
func scanInterval(line []byte, l *intervalLine) (histograms []byte, ok bool) {
	s := scanner{rest: line}
	s.fields(func(key []byte) {
		if n := l.number(key); n != nil {
			*n = s.integer()
			return
		}
		switch string(key) {
		case "type":
			l.Type = s.text()
		case "flow":
			l.Flow = s.text()
		case "round":
			l.Round = int(s.integer())
		case "stage":
			l.Stage = s.text()
		case "outcomes":
			s.outcomes(&l.Outcomes)
		case "clamped":
			s.clamped(&l.Clamped)
		case "errors":
			s.errors(&l.Errors)
		case "histograms":
			histograms = s.skipTexts()
		case "from":
			l.From = sample.Instant(s.integer())
		case "to":
			l.To = sample.Instant(s.integer())
		case "gauge":
			s.gauge(&l.Gauge)
		case "busy":
			l.Busy = s.float()
		case "waited":
			l.Waited = s.float()
		case "stood_ns":
			l.Stood = time.Duration(s.integer())
		case "spent_ns":
			l.Spent = s.float()
		default:
			s.failed = true
		}
	})
	s.skip('\n')
	return histograms, !s.failed && len(s.rest) == 0
}

// number is the plain count of a line that has the key; nil for any other key.
func (l *intervalLine) number(key []byte) *int64 {
	switch string(key) {
	case "sessions_started":
		return &l.Started
	case "sessions_completed":
		return &l.Completed
	case "sessions_failed":
		return &l.FailedSession
	case "expected":
		return &l.Expected
	case "in_window":
		return &l.InWindow
	case "recipients_accepted":
		return &l.RcptAccepted
	case "recipients_rejected":
		return &l.RcptRejected
	case "recipients_unknown":
		return &l.RcptUnknown
	case "unstamped":
		return &l.Unstamped
	case "n":
		return &l.Number
	}
	return nil
}

func (s *scanner) outcomes(o *tally.Outcomes) {
	if len(s.rest) > 0 && s.rest[0] == '[' { // as the first versions wrote them
		s.failed = true
		return
	}
	*o = tally.Outcomes{}
	s.fields(func(key []byte) {
		n := s.integer()
		i, err := tally.OutcomeNamed(string(key))
		if err != nil || len(key) == 0 {
			s.failed = true
			return
		}
		o[i] = n
	})
}

func (s *scanner) clamped(named *map[string]int64) {
	if *named == nil {
		*named = map[string]int64{}
	}
	s.fields(func(key []byte) { (*named)[string(key)] = s.integer() })
}

func (s *scanner) gauge(g *Gauge) {
	s.fields(func(key []byte) {
		n := s.integer()
		switch string(key) {
		case "open":
			g.Open = int(n)
		case "peak":
			g.Peak = int(n)
		case "due":
			g.Due = n
		case "begun":
			g.Begun = n
		default:
			s.failed = true
		}
	})
}

func (s *scanner) errors(list *[]tally.FailureCount) {
	*list = nil
	s.eat('[')
	for more := true; more && !s.failed; more = s.skip(',') {
		var e tally.FailureCount
		s.fields(func(key []byte) {
			switch string(key) {
			case "phase":
				e.Phase = s.text()
			case "class":
				e.Class = s.text()
			case "code":
				e.Code = int(s.integer())
			case "enhanced":
				e.Enhanced = s.text()
			case "count":
				e.Count = s.integer()
			case "example":
				e.Example = s.text()
			default:
				s.failed = true
			}
		})
		*list = append(*list, e)
	}
	s.eat(']')
}

// A scanner reads JSON without blanks in it.
type scanner struct {
	rest   []byte
	failed bool
}

func (s *scanner) eat(c byte) {
	if !s.skip(c) {
		s.failed = true
	}
}

func (s *scanner) skip(c byte) bool {
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// fields calls value at each value of an object.
func (s *scanner) fields(value func(key []byte)) {
	s.eat('{')
	if s.skip('}') {
		return
	}
	for more := true; more && !s.failed; more = s.skip(',') {
		key := s.key()
		if !s.failed {
			value(key)
		}
	}
	s.eat('}')
}

// skipTexts skips an object of texts in which nothing is escaped, and returns what
// is within its braces.
func (s *scanner) skipTexts() []byte {
	start := s.rest
	s.eat('{')
	for more := true; more && !s.failed; more = s.skip(',') {
		s.key()
		s.quoted()
	}
	s.eat('}')
	if s.failed {
		return nil
	}
	inside := start[1 : len(start)-len(s.rest)-1]
	s.failed = bytes.IndexByte(inside, '\\') >= 0
	return inside
}

// key reads a plain key and the colon after it.
func (s *scanner) key() []byte {
	key := s.quoted()
	for _, c := range key {
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf {
			s.failed = true
		}
	}
	s.eat(':')
	return key
}

// quoted reads up to the next quote, and returns what is between the two.
func (s *scanner) quoted() []byte {
	s.eat('"')
	end := bytes.IndexByte(s.rest, '"')
	if end < 0 {
		s.failed = true
		return nil
	}
	text := s.rest[:end]
	s.rest = s.rest[end+1:]
	return text
}

// text reads any text.
func (s *scanner) text() string {
	if len(s.rest) == 0 || s.rest[0] != '"' {
		s.failed = true
		return ""
	}
	plain, end := true, 1
	for ; end < len(s.rest) && s.rest[end] != '"'; end++ {
		switch c := s.rest[end]; {
		case c == '\\':
			plain = false
			end++
		case c < ' ' || c >= utf8.RuneSelf:
			plain = false
		}
	}
	if end >= len(s.rest) {
		s.failed = true
		return ""
	}
	whole := s.rest[:end+1]
	s.rest = s.rest[end+1:]
	if plain {
		return string(whole[1:end])
	}
	var text string
	if err := json.Unmarshal(whole, &text); err != nil {
		s.failed = true
	}
	return text
}

func (s *scanner) integer() int64 {
	negative := s.skip('-')
	n, digits := uint64(0), 0
	for digits < len(s.rest) && '0' <= s.rest[digits] && s.rest[digits] <= '9' {
		n = 10*n + uint64(s.rest[digits]-'0')
		digits++
	}
	if digits == 0 || digits > 19 || n > math.MaxInt64 || digits > 1 && s.rest[0] == '0' {
		s.failed = true
		return 0
	}
	s.rest = s.rest[digits:]
	if negative {
		return -int64(n)
	}
	return int64(n)
}

func (s *scanner) float() float64 {
	length := 0
	for length < len(s.rest) && s.rest[length] != ',' && s.rest[length] != '}' {
		length++
	}
	text := s.rest[:length]
	s.rest = s.rest[length:]
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !json.Valid(text) {
		s.failed = true
	}
	return v
}
