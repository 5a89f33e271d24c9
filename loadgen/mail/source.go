package mail

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A Source makes the mail of a flow. New renders what all messages have in common,
// and Render adds what each has for itself.
type Source struct {
	seed     uint64
	envelope envelope
	letter   *letter  // for synthetic messages; nil if there are files
	files    []stored // messages from files
	date     dateField
}

// New makes a Source, and renders what can be rendered ahead. It reports what is wrong
// with all options at once: each fault is an *OptionError, and if there are several,
// the error joins them.
func New(o Options) (*Source, error) {
	s := &Source{seed: o.Seed}
	faults := []error{s.envelope.bind(&o)}
	var err error
	if len(o.Files) > 0 {
		s.files, err = store(o.Files)
	} else {
		s.letter, err = newLetter(&o)
	}
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	if err := s.checkRoom(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkRoom refuses a size that does not hold the longest header.
func (s *Source) checkRoom() error {
	if s.letter == nil {
		return nil
	}
	t := smtpwire.Transaction{SevenBit: true} // its header is the longer one
	s.Render(math.MaxUint64, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), &t)
	needed := int64(len(t.Raw[0]) + len(slices.MaxFunc(s.letter.subjects, byLength)) + minText)
	if median := s.letter.sizes.median; median < needed {
		return OptionSize.faultf("%d octets may not hold the header; %d do", median, needed)
	}
	return nil
}

func byLength(a, b string) int { return len(a) - len(b) }

// Render makes message seq in t, with date as its date. The same seed, seq and date
// give the same octets.
//
// If t.SevenBit is set, a synthetic message is encoded so that it has no octets over
// 127. A message from a file stays as it is.
//
// The slices in t must be nil or come from an earlier Render, of any Source: Render
// writes over them, so that it need not allocate. After Render nobody may change what
// is in t: parts of it belong to the Source. Render may be called concurrently with
// different t.
func (s *Source) Render(seq uint64, date time.Time, t *smtpwire.Transaction) {
	s.envelope.fill(seq, t)
	var head []byte
	if len(t.Dotted) > 0 {
		head = t.Dotted[0][:0] // always t's own, see below
	}
	head = s.appendIdentity(head, seq, date)
	chunks := t.Raw[:0]
	var end closing
	if s.letter != nil {
		head = s.letter.appendHeader(head, seq, t)
		form := s.letter.formFor(t)
		chunks, end = s.letter.appendText(append(chunks, head), seq, form)
		t.EightBit = form.encoding == "8bit" || t.UTF8
	} else {
		f := &s.files[seq%uint64(len(s.files))]
		chunks, end = append(chunks, head), f.closing
		t.EightBit = f.eightBit
	}
	t.Dotted = append(append(t.Dotted[:0], chunks...), end.dotted)
	t.Raw = append(chunks, end.raw)
	t.Size = 0
	for _, c := range t.Raw {
		t.Size += int64(len(c))
	}
}
