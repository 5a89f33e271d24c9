package criteria

// A Word is what judging comes to, in one word.
type Word string

// The words. PASS is said only of what was shown: missing evidence is UNDECIDED.
const (
	Pass      Word = "PASS"      // it ran, its figures may be believed, and all criteria were met
	Failed    Word = "FAILED"    // the server, or what was compared, did not do what was asked for
	Invalid   Word = "INVALID"   // the figures come from the generator or its machine: nothing follows from them
	Undecided Word = "UNDECIDED" // there is too little to go by
)

// A Conclusion is the first word and the last line of every output.
type Conclusion struct {
	Word   Word   `json:"word"`
	Reason string `json:"reason"` // one sentence, without a full stop; "" if the word says it all
}

// String is the conclusion on one line: "FAILED: 2 of 3 thresholds missed".
func (c Conclusion) String() string {
	if c.Reason == "" {
		return string(c.Word)
	}
	return string(c.Word) + ": " + c.Reason
}

// Bad tells whether the conclusion is bad news.
func (c Conclusion) Bad() bool { return c.Word == Failed || c.Word == Invalid }
