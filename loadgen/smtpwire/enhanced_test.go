package smtpwire

import "testing"

func TestParseEnhanced(t *testing.T) {
	for _, tt := range []struct{ said, code, text string }{
		{"5.1.1 gone", "5.1.1", "gone"},
		{"5.1.1", "5.1.1", ""},
		{" 5.1.1   gone", "5.1.1", "gone"},
		{"5.1.1: gone", "5.1.1", "gone"},
		{"5.1.1:gone", "5.1.1", "gone"},
		{"5.1.1; gone", "5.1.1", "gone"},
		{"#5.1.0 Address rejected", "5.1.0", "Address rejected"},
		{"(5.1.1) gone", "5.1.1", "gone"},
		{"[#5.1.1] gone", "5.1.1", "gone"},
		{"(5.1.1): gone", "5.1.1", "gone"},
		{"5.7.606-649 Access denied", "5.7.606", "5.7.606-649 Access denied"},
		{"5.1.1\n5.1.1 gone", "5.1.1", "\n5.1.1 gone"},
		{"no mailbox by that name. (#5.1.1)", "5.1.1", "no mailbox by that name. (#5.1.1)"},
		{"gone (5.1.1)", "5.1.1", "gone (5.1.1)"},
		{"gone [5.1.1].", "5.1.1", "gone [5.1.1]."},
		{"gone #5.1.1 since May", "5.1.1", "gone #5.1.1 since May"},

		{"4.1.1 gone", "", "4.1.1 gone"},
		{"5.1.1.9 gone", "", "5.1.1.9 gone"},
		{"5.1.1000 gone", "", "5.1.1000 gone"},
		{"5.1.1x gone", "", "5.1.1x gone"},
		{"(5.1.1 gone", "", "(5.1.1 gone"},
		{"gone (5.1.1) since May", "", "gone (5.1.1) since May"},
		{"gone from [5.1.1.9]", "", "gone from [5.1.1.9]"},
		{"gone (#4.1.1)", "", "gone (#4.1.1)"},
		{"gone (", "", "gone ("},
		{"", "", ""},
	} {
		e, text := parseEnhanced(550, []byte(tt.said))
		if e.String() != tt.code || string(text) != tt.text {
			t.Errorf("%q: %q and %q, want %q and %q", tt.said, e, text, tt.code, tt.text)
		}
	}
}
