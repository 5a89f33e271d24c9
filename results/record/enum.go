package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A word is a value of an enumeration as it stands in a run file: by its name,
// so that what a file says stays the same when others are put before it. Files
// of the first days have numbers.
type word string

// UnmarshalJSON takes a name, or a number as its digits.
func (w *word) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err == nil {
		*w = word(text)
		return nil
	}
	var number uint8
	if err := json.Unmarshal(b, &number); err != nil {
		return fmt.Errorf("%.40s is neither a name nor a number of an enumeration", b)
	}
	*w = word(strconv.Itoa(int(number)))
	return nil
}

// An enumeration is what words mean.
type enumeration struct {
	what  string
	names []string // in the order of the code's constants
	first []string // as they were numbered when files had numbers; never to be changed
}

var (
	phaseKinds = enumeration{"phase", namesOf[sample.Phase](sample.NumPhases), []string{
		"resolve", "connect", "tls", "banner", "ehlo", "starttls", "auth",
		"mail", "rcpt", "data", "body", "rset", "quit", "message", "session",
	}}
	outcomeKinds = enumeration{"outcome", namesOf[sample.Outcome](sample.NumOutcomes),
		[]string{"accepted", "rejected", "failed", "unknown"}}
)

// namesOf are the names of an enumeration's n values.
func namesOf[E interface {
	~uint8
	fmt.Stringer
}](n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = E(i).String()
	}
	return list
}

// word is how a value stands in a file. One that is none stays the number it
// is, which no file is read with.
func (e *enumeration) word(value uint8) word {
	if int(value) < len(e.names) {
		return word(e.names[value])
	}
	return word(strconv.Itoa(int(value)))
}

// value finds what a word means; no word is the first value.
func (e *enumeration) value(w word) (uint8, error) {
	if w == "" {
		return 0, nil
	}
	if n, err := strconv.Atoi(string(w)); err == nil && n >= 0 && n < len(e.first) {
		w = word(e.first[n])
	}
	i := slices.Index(e.names, string(w))
	if i < 0 {
		return 0, fmt.Errorf("no %s is named %.40q", e.what, w)
	}
	return uint8(i), nil
}

// outcomes count messages by what became of them.
type outcomes [sample.NumOutcomes]int64

// MarshalJSON writes those that there are, by name.
func (o outcomes) MarshalJSON() ([]byte, error) {
	named := map[string]int64{}
	for i, n := range o {
		if n != 0 {
			named[string(outcomeKinds.word(uint8(i)))] = n
		}
	}
	return json.Marshal(named)
}

// UnmarshalJSON reads counts by name, or in the order they once had.
func (o *outcomes) UnmarshalJSON(b []byte) error {
	named := map[string]int64{}
	if bytes.HasPrefix(b, []byte("[")) {
		var counts []int64
		if err := json.Unmarshal(b, &counts); err != nil {
			return err
		}
		for i, n := range counts {
			named[strconv.Itoa(i)] = n
		}
	} else if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	*o = outcomes{}
	for name, n := range named {
		i, err := outcomeKinds.value(word(name))
		if err != nil {
			return err
		}
		o[i] = n
	}
	return nil
}
