package table

import "github.com/smtpgauge/smtpgauge/scenarios/criteria"

// Concluded is a conclusion as it stands above and below tables.
func Concluded(c *criteria.Conclusion) Verdict {
	tones := map[criteria.Word]Tone{criteria.Pass: Good, criteria.Undecided: Doubt, criteria.Failed: Alarm, criteria.Invalid: Alarm}
	return Verdict{Word: string(c.Word), Reason: c.Reason, Tone: tones[c.Word]}
}
