package sample

import (
	"slices"
	"testing"
)

func TestScopesDivideASession(t *testing.T) {
	for scope, want := range map[Scope][]Phase{
		SetUp:        {Resolve, Connect, TLS, Banner, EHLO, StartTLS, EHLOTLS, Auth},
		InMessage:    {Mail, Rcpt, Data, MailRcpt, MailRcptData, Body},
		AfterMessage: {Rset},
		Farewell:     {Quit},
		WholeSpan:    {SpanMessage, SpanSession},
	} {
		if got := PhasesOf(scope); !slices.Equal(got, want) {
			t.Errorf("scope %d is of %v, want %v", scope, got, want)
		}
	}
	if got, want := PhasesOf(Farewell, InMessage), []Phase{Mail, Rcpt, Data, MailRcpt, MailRcptData, Body, Quit}; !slices.Equal(got, want) {
		t.Errorf("phases %v, want %v", got, want)
	}
}

func TestOptionsAreNamed(t *testing.T) {
	for _, c := range []struct {
		value interface{ String() string }
		want  string
	}{
		{TLSNone, "none"}, {TLSStart, "starttls"}, {TLSImplicit, "implicit"}, {TLSMode(9), "sample.TLSMode(9)"},
		{Auto, "auto"}, {On, "on"}, {Off, "off"}, {Switch(3), "sample.Switch(3)"},
	} {
		if got := c.value.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestUsualTLS(t *testing.T) {
	for port, want := range map[int]TLSMode{25: TLSNone, 465: TLSImplicit, 587: TLSStart, 2525: TLSStart} {
		if mode, usual := UsualTLS(port); mode != want || !usual {
			t.Errorf("%d has %v, %v; want %v", port, mode, usual, want)
		}
	}
	if mode, usual := UsualTLS(26); usual || mode != TLSNone {
		t.Errorf("26 has %v", mode)
	}
}
