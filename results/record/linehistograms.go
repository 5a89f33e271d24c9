package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record/jsonscan"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// lineHistograms are the encoded histograms of an interval's line: its bytes, or by
// name if encoding/json had to read the line.
type lineHistograms struct {
	text  []byte // what is within the braces; valid as long as the line
	named map[string]string
}

// of returns the histogram of a slot; nil if there is none.
func (h lineHistograms) of(s tally.Slot) []byte {
	if h.named != nil {
		return []byte(h.named[s.Name()])
	}
	at := bytes.Index(h.text, slotKeys[s])
	if at < 0 {
		return nil
	}
	value := h.text[at+len(slotKeys[s]):]
	return value[:bytes.IndexByte(value, '"')]
}

// slotKeys are the bytes before the histogram of each slot. They are nowhere else in
// a line, as base64 has no quote.
var slotKeys = func() (keys [tally.NumSlots][]byte) {
	for s := range tally.Slot(tally.NumSlots) {
		keys[s] = fmt.Appendf(nil, "%q:\"", s.Name())
	}
	return keys
}()

// all goes through them by name.
func (h lineHistograms) all() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for name, encoded := range h.named {
			if !yield(name, []byte(encoded)) {
				return
			}
		}
		s := jsonscan.Scanner{Rest: h.text}
		for more := len(h.text) > 0; more; more = s.Skip(',') {
			name := s.Key()
			if !yield(string(name), s.Quoted()) {
				return
			}
		}
	}
}

// byName returns them in memory of their own.
func (h lineHistograms) byName() map[string]string {
	if h.named != nil || len(h.text) == 0 {
		return h.named
	}
	named := map[string]string{}
	for name, encoded := range h.all() {
		named[name] = string(encoded)
	}
	return named
}

// spent is what tally.Total.Spent is of them. One that cannot be read counts as 0,
// which makes a confidence interval less exact, and no figure wrong.
func (h lineHistograms) spent() float64 {
	sum := 0.0
	for _, s := range tally.CostSlots {
		if encoded := h.of(s); len(encoded) > 0 {
			times := histogram.New()
			_ = times.Decode(encoded, histogram.MaxInterval)
			sum += float64(times.Sum())
		}
	}
	return sum
}

// readInterval reads an interval's line, and returns its histograms undecoded.
func readInterval(line []byte) (l intervalLine, histograms lineHistograms, err error) {
	if text, ok := scanInterval(line, &l); ok {
		return l, lineHistograms{text: text}, nil
	}
	l = intervalLine{}
	err = json.Unmarshal(line, &l)
	histograms.named, l.Histograms = l.Histograms, nil
	return l, histograms, err
}
