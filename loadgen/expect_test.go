package loadgen

import (
	"testing"
	"testing/synctest"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Messages count as expected if they are rejected in the way that the flow wants, and in
// no other.
func TestExpectedRejections(t *testing.T) {
	unknown := map[string]string{"rcpt": "550 5.1.1 no such person"}
	for name, c := range map[string]struct {
		answer map[string]string
		expect sample.Expectation
		want   int // of 7 messages
	}{
		"nothing wanted":       {unknown, sample.Expectation{}, 0},
		"wanted":               {unknown, sample.Expect([]sample.Class{sample.RecipientUnknown}), 7},
		"any":                  {unknown, sample.Expect(nil), 7},
		"at its phase":         {unknown, sample.Expect(nil, sample.Rcpt), 7},
		"at another phase":     {unknown, sample.Expect(nil, sample.Body), 0},
		"of another class":     {unknown, sample.Expect([]sample.Class{sample.Greylisted, sample.TooBig}), 0},
		"at the final dot":     {map[string]string{"body": "550 5.7.1 spam"}, sample.Expect([]sample.Class{sample.Policy}, sample.Body), 7},
		"the connection ends":  {map[string]string{"rcpt": "close"}, sample.Expect(nil), 0},
		"none comes":           {nil, sample.Expect(nil), 0},
		"MAIL, and then as is": {map[string]string{"mail": "550 5.1.8 who", "rcpt": "503 5.5.1 MAIL first"}, sample.Expect(nil, sample.Mail), 7},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := plan(Load{Sessions: 1, Messages: 7})
			p.Flows[0].Expect = c.expect
			rec, _ := runFake(t, p, &fakeServer{answer: c.answer}, nil)
			if rec.expected != c.want || rec.attempted() != 7 {
				t.Errorf("%s: %d expected, outcomes %v, want %d", name, rec.expected, rec.outcomes, c.want)
			}
		})
	}
}
