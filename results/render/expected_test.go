package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// expecting is a flow that was rejected 40 times: as expected, but for the last few.
func expecting(others int64) *document {
	res := oneFlow(false)
	f := res.Flow(res.FlowOrder[0])
	f.Messages = tally.MessageCounts{Attempted: 140, Accepted: 100, Rejected: 40, Expected: 40 - others}
	f.Errors = []tally.FailureCount{{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1", Count: 40 - others, Example: "no such user", Expected: true}}
	if others > 0 {
		f.Errors = append(f.Errors, tally.FailureCount{Phase: "body", Class: "policy", Code: 554, Enhanced: "5.7.1", Count: others, Example: "spam"})
	}
	return res
}

// Rejections that the scenario wants do not read as trouble, nor hide what does.
func TestExpectedRejectionsAreApart(t *testing.T) {
	for _, o := range []Options{{}, {All: true}} {
		for others, title := range map[int64]string{0: expectedTitle, 3: "Errors"} {
			var b bytes.Buffer
			if err := writeTables(&b, expecting(others), o); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if !strings.Contains(text, rejectedAsExpected) || !regexp.MustCompile(`(?m)^`+title).MatchString(text) {
				t.Errorf("%d others, all %t: want %q and %q:\n%s", others, o.All, rejectedAsExpected, title, text)
			}
			unwanted, wanted := strings.Index(text, "spam"), strings.Index(text, "no such user")
			if others > 0 && (unwanted < 0 || unwanted > wanted) {
				t.Errorf("all %t: what was expected is above what was not:\n%s", o.All, text)
			}
		}
	}
}
