package tally

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Untimed tells why a phase of the envelope has no samples, or not those of all
// messages, because of how the envelopes went: pipelined or not, with DATA or with BDAT.
// instead are the phases that have what is asked for. The reason is "" if a figure of p
// is what it seems to be, or if there was no envelope at all. count has the number of
// samples of each phase.
func Untimed(count func(sample.Phase) int64, p sample.Phase) (reason string, instead []sample.Phase) {
	way := p // the phase that each envelope that went as p needs has a sample of
	switch p {
	case sample.Mail, sample.MailRcpt, sample.MailRcptData:
	case sample.Rcpt, sample.Data:
		way = sample.Mail
	default:
		return "", nil
	}
	single, chunks, piped := count(sample.Mail), count(sample.MailRcpt), count(sample.MailRcptData)
	all := single + chunks + piped
	switch own := count(way); {
	case own == all || p == sample.Data && chunks == all && count(p) > 0:
		return "", nil
	case own > 0:
		return fmt.Sprintf("%d of %d messages were pipelined and the others were not, so no phase before the body has all of them", chunks+piped, all),
			[]sample.Phase{sample.SpanMessage}
	case p == sample.Data && chunks == all:
		return "BDAT chunks that leave with the last one have no time of their own", []sample.Phase{sample.Body}
	case way != sample.Mail && single == all:
		return "MAIL, RCPT and DATA were not pipelined", []sample.Phase{sample.Mail, sample.Rcpt, sample.Data}
	case chunks == all:
		return "MAIL and RCPT were pipelined, so they have one time, and BDAT followed", []sample.Phase{sample.MailRcpt}
	case piped == all:
		return "MAIL, RCPT and DATA were pipelined, so they have one time", []sample.Phase{sample.MailRcptData}
	}
	return "the envelopes went in several ways", []sample.Phase{sample.SpanMessage}
}
