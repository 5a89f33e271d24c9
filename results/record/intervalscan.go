package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/jsonscan"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// scanInterval reads an interval's line as a Collector writes it, many times as
// fast as encoding/json does, since a day has hundreds of thousands of them. It
// leaves the histograms, nearly all of a line's bytes, as they are. It is false if
// the line is written in any other way: then encoding/json has to read it. A line
// that is read here is read alike there.
func scanInterval(line []byte, l *intervalLine) (histograms []byte, ok bool) {
	s := scanner{jsonscan.Scanner{Rest: line}}
	s.Fields(func(key []byte) {
		if n := l.number(key); n != nil {
			*n = s.Integer()
			return
		}
		switch string(key) {
		case "type":
			l.Type = s.Text()
		case "flow":
			l.Flow = s.Text()
		case "round":
			l.Round = int(s.Integer())
		case "stage":
			l.Stage = s.Text()
		case "outcomes":
			s.outcomes(&l.Outcomes)
		case "clamped":
			s.clamped(&l.Clamped)
		case "errors":
			s.errors(&l.Errors)
		case "histograms":
			histograms = s.SkipTexts()
		case "from":
			l.From = sample.Instant(s.Integer())
		case "to":
			l.To = sample.Instant(s.Integer())
		case "gauge":
			s.gauge(&l.Gauge)
		case "busy":
			l.Busy = s.Float()
		case "waited":
			l.Waited = s.Float()
		case "stood_ns":
			l.Stood = time.Duration(s.Integer())
		case "spent_ns":
			l.Spent = s.Float()
		case "missing":
			l.Missing = int(s.Integer())
		default:
			s.Failed = true
		}
	})
	s.Skip('\n')
	return histograms, !s.Failed && len(s.Rest) == 0
}

// A scanner reads the parts of an interval's line.
type scanner struct{ jsonscan.Scanner }

// number is the plain count of a line that has the key; nil for any other key.
func (l *intervalLine) number(key []byte) *int64 {
	switch string(key) {
	case "sessions_started":
		return &l.Started
	case "sessions_completed":
		return &l.Completed
	case "sessions_failed":
		return &l.FailedSession
	case "sessions_canceled":
		return &l.CanceledSession
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
	case "width":
		return &l.Width
	}
	return nil
}

func (s *scanner) outcomes(o *tally.Outcomes) {
	if len(s.Rest) > 0 && s.Rest[0] == '[' { // as the first versions wrote them
		s.Failed = true
		return
	}
	*o = tally.Outcomes{}
	s.Fields(func(key []byte) {
		n := s.Integer()
		i, err := tally.OutcomeNamed(string(key))
		if err != nil || len(key) == 0 {
			s.Failed = true
			return
		}
		o[i] = n
	})
}

func (s *scanner) clamped(named *map[string]int64) {
	if *named == nil {
		*named = map[string]int64{}
	}
	s.Fields(func(key []byte) { (*named)[string(key)] = s.Integer() })
}

func (s *scanner) gauge(g *Gauge) {
	s.Fields(func(key []byte) {
		n := s.Integer()
		switch string(key) {
		case "open":
			g.Open = int(n)
		case "peak":
			g.Peak = int(n)
		case "refused":
			g.Refused = int(n)
		case "due":
			g.Due = n
		case "begun":
			g.Begun = n
		default:
			s.Failed = true
		}
	})
}

func (s *scanner) errors(list *[]tally.FailureCount) {
	*list = nil
	s.Eat('[')
	for more := true; more && !s.Failed; more = s.Skip(',') {
		var e tally.FailureCount
		s.Fields(func(key []byte) {
			switch string(key) {
			case "phase":
				e.Phase = s.Text()
			case "class":
				e.Class = s.Text()
			case "code":
				e.Code = int(s.Integer())
			case "enhanced":
				e.Enhanced = s.Text()
			case "count":
				e.Count = s.Integer()
			case "example":
				e.Example = s.Text()
			default:
				s.Failed = true
			}
		})
		*list = append(*list, e)
	}
	s.Eat(']')
}
