package scenarios

import (
	"strings"
	"testing"
)

// A fault that package mail finds has the position and the name that the option has
// in the scenario.
func TestMailFaultsStandWhereTheirFieldDoes(t *testing.T) {
	for part, want := range map[string]string{
		"message: {size: 100B}":                                 "s.yaml:9:21: size: 100 octets may not hold the header; ",
		"message: {header: {Date: x}}":                          "s.yaml:9:23: header: Date is set for each message",
		"message: {header: {a: x, A: x}}":                       "s.yaml:9:23: header: a is given twice",
		"message: {attachments: [{size: 1B, type: message/x}]}": "s.yaml:9:28: attachments: type message/x of attachment-1 ",
	} {
		if got := faultOf(t, part, nil); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q, want one fault, %q", part, got, want)
		}
	}
}
