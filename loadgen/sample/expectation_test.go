package sample

import (
	"encoding/json"
	"testing"
)

func TestExpectations(t *testing.T) {
	for _, c := range []struct {
		e            Expectation
		text         string
		unknown, big bool // covers recipient-unknown at rcpt, and too-big at body
	}{
		{Expectation{}, "none", false, false},
		{Expect(nil), "any", true, true},
		{Expect(nil, Rcpt), "any at rcpt", true, false},
		{Expect([]Class{RecipientUnknown}), "recipient-unknown", true, false},
		{Expect([]Class{TooBig, RecipientUnknown}), "recipient-unknown or too-big", true, true},
		{Expect([]Class{RecipientUnknown}, Mail, Body), "recipient-unknown at mail or body", false, false},
	} {
		if c.e.String() != c.text || c.e.Covers(Rcpt, RecipientUnknown) != c.unknown || c.e.Covers(Body, TooBig) != c.big || c.e.Rejections() != (c.text != "none") {
			t.Errorf("%s, want %s: covers %v, %v", c.e, c.text, c.e.Covers(Rcpt, RecipientUnknown), c.e.Covers(Body, TooBig))
		}
		text, err := json.Marshal(c.e)
		var back Expectation
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back != c.e {
			t.Errorf("%s is read back as %s, %v", text, back, err)
		}
	}
	for _, bad := range []string{`{"rejected":["nope"]}`, `{"rejected":["any"],"at":["nope"]}`, `[]`} {
		if json.Unmarshal([]byte(bad), new(Expectation)) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
