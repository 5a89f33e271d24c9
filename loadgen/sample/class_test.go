package sample

import "testing"

func TestNames(t *testing.T) {
	for i := range NumClasses {
		c := Class(i)
		if got, ok := ParseClass(c.String()); ok != (c != NoClass) || ok && got != c {
			t.Errorf("class %d, %q, is parsed as %d", i, c, got)
		}
	}
	for i := range NumPhases {
		p := Phase(i)
		if got, ok := ParsePhase(p.String()); !ok || got != p {
			t.Errorf("phase %d, %q, is parsed as %d", i, p, got)
		}
	}
}

func TestFailureError(t *testing.T) {
	for _, tt := range []struct {
		f    Failure
		want string
	}{
		{Failure{Phase: Rcpt, Class: RecipientUnknown, Code: 550, Enhanced: EnhancedCode{5, 1, 1}, Text: "no such user"}, "rcpt: recipient-unknown: 550 5.1.1 no such user"},
		{Failure{Phase: Rcpt, Class: PermFail, Code: 550}, "rcpt: permfail: 550"},
		{Failure{Phase: Connect, Class: Refused, Text: "connection refused"}, "connect: refused: connection refused"},
		{Failure{Phase: Body, Class: Timeout}, "body: timeout"},
	} {
		if got := tt.f.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestPartsAreParsedByTheirNames(t *testing.T) {
	for p := range Part(NumParts) {
		if got, ok := ParsePart(p.String()); got != p || !ok {
			t.Errorf("%s is read as %s, %v", p, got, ok)
		}
	}
	if p, ok := ParsePart("p99"); ok {
		t.Errorf("p99 is read as %s", p)
	}
}
