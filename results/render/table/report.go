package table

import "strings"

// A Report is sections with what stands above and below them.
type Report struct {
	Verdict  Verdict  // begins the first line, and is the last one
	Head     []string // the lines above the sections: what this is about
	Sections []Section
	Once     bool   // the verdict is in the first line only
	More     string // a line below the sections: where the rest is; "" if this is all
}

// A Verdict is a word and its reason. The zero value is none, and is not shown.
type Verdict struct {
	Word   string
	Reason string // one sentence; "" if the word says it all
	Tone   Tone
}

// A Tone is how a word stands out if there are colours.
type Tone int

// The tones.
const (
	Calm  Tone = iota // does not stand out
	Good              // green
	Doubt             // yellow
	Alarm             // red
)

// ansi are the colours, by tone.
var ansi = [...]string{Good: "\x1b[32m", Doubt: "\x1b[33m", Alarm: "\x1b[31m"}

const uncolored = "\x1b[0m"

func (v *Verdict) text() string {
	if v.Reason == "" {
		return v.Word
	}
	return v.Word + ": " + v.Reason
}

// shortText is the verdict on one line. What does not fit is left out from where a
// part of the sentence ends, if that leaves enough of it: the first line has it all.
func (v *Verdict) shortText(width int) string {
	text := v.text()
	if Width(text) <= width {
		return text
	}
	cut := Clip(text, width)
	for _, end := range []string{"; ", ": ", " (", ", "} {
		if i := strings.LastIndex(cut, end); i > len(v.Word) && 2*Width(cut[:i]) >= width {
			return cut[:i]
		}
	}
	return cut
}
