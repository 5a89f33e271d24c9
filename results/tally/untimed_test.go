package tally

import (
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestUntimed(t *testing.T) {
	type counts map[sample.Phase]int64
	lockstep := counts{sample.Mail: 10, sample.Rcpt: 20, sample.Data: 10}
	piped := counts{sample.MailRcptData: 10}
	chunks := counts{sample.MailRcpt: 10}
	both := counts{sample.Mail: 4, sample.Rcpt: 4, sample.Data: 4, sample.MailRcptData: 6}
	for _, test := range []struct {
		counts  counts
		phase   sample.Phase
		reason  string // a part of it
		instead []sample.Phase
	}{
		{counts{}, sample.Mail, "", nil},
		{piped, sample.Body, "", nil},
		{lockstep, sample.Rcpt, "", nil},
		{lockstep, sample.Data, "", nil},
		{lockstep, sample.MailRcptData, "not pipelined", []sample.Phase{sample.Mail, sample.Rcpt, sample.Data}},
		{lockstep, sample.MailRcpt, "not pipelined", []sample.Phase{sample.Mail, sample.Rcpt, sample.Data}},
		{piped, sample.MailRcptData, "", nil},
		{piped, sample.Mail, "pipelined", []sample.Phase{sample.MailRcptData}},
		{piped, sample.Data, "pipelined", []sample.Phase{sample.MailRcptData}},
		{piped, sample.MailRcpt, "pipelined", []sample.Phase{sample.MailRcptData}},
		{chunks, sample.MailRcpt, "", nil},
		{chunks, sample.Rcpt, "BDAT", []sample.Phase{sample.MailRcpt}},
		{chunks, sample.MailRcptData, "BDAT", []sample.Phase{sample.MailRcpt}},
		{chunks, sample.Data, "BDAT chunks", []sample.Phase{sample.Body}},
		{counts{sample.MailRcpt: 10, sample.Data: 3}, sample.Data, "", nil},
		{both, sample.Rcpt, "6 of 10 messages", []sample.Phase{sample.SpanMessage}},
		{both, sample.MailRcptData, "6 of 10 messages", []sample.Phase{sample.SpanMessage}},
	} {
		reason, instead := Untimed(func(p sample.Phase) int64 { return test.counts[p] }, test.phase)
		if !strings.Contains(reason, test.reason) || (reason == "") != (test.reason == "") || !slices.Equal(instead, test.instead) {
			t.Errorf("%v of %v: %q, %v", test.phase, test.counts, reason, instead)
		}
	}
}
