package bundle

import (
	"errors"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// TestPermit aims an agent at targets that the coordinator's user may load.
func TestPermit(t *testing.T) {
	for _, test := range []struct {
		target  string
		mayLoad []string
		want    string // in the error; "" for none
	}{
		{"host: 127.0.0.1", nil, ""},
		{"host: 10.1.2.3", nil, ""},
		{"host: 'fd00::1'", nil, ""},
		{"host: 192.0.2.1", nil, "--i-may-load 192.0.2.1"},
		{"host: 192.0.2.1", []string{"192.0.2.2"}, "--i-may-load 192.0.2.1"},
		{"host: 192.0.2.1", []string{"192.0.2.1"}, ""},
		{"host: '2001:db8::1'", []string{"2001:DB8:0::1"}, ""},
		{"socket: /run/lmtp", nil, "--i-may-load /run/lmtp"},
		{"socket: /run/lmtp", []string{"/run/lmtp"}, ""},
		{"host: sink", nil, ""},
	} {
		port := "port: 25, "
		if strings.HasPrefix(test.target, "socket") {
			port = ""
		}
		s, err := scenarios.Parse("a.yaml", []byte("name: a\ntarget: {"+test.target+"}\nflows: {a: {"+port+"tls: none, load: {sessions: 1, messages: 1}}}\n"),
			scenarios.LoadOptions{Keep: true, MayLoad: []string{"192.0.2.1", "2001:db8::1", "/run/lmtp"}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		rules := Rules{MayLoad: test.mayLoad}
		there, err := Open(b.Data(), b.Sum(), rules)
		if err != nil {
			t.Fatal(err)
		}
		err = rules.Permit(t.Context(), there, there.Plan())
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("{%s} by an agent that may load %q: %v", test.target, test.mayLoad, err)
		}
	}
}

// TestPermitHoldsLater puts the sink of a coordinator at an address of a stranger, after
// the coordinator has put its own rules into the plan.
func TestPermitHoldsLater(t *testing.T) {
	s, err := scenarios.Parse("a.yaml", []byte("name: a\ntarget: {host: sink}\nflows: {a: {port: 25, tls: none, load: {sessions: 1, messages: 1}}}\n"), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	p.MayLoad = []string{"sink"}
	p.Flows[0].Target.Dial = "192.0.2.1:25"
	rules := Rules{}
	err = rules.Permit(t.Context(), s, p)
	if stranger := (*netdrive.StrangerError)(nil); !errors.As(err, &stranger) {
		t.Errorf("got %v", err)
	}
	if len(p.MayLoad) > 0 {
		t.Errorf("the plan may load %q", p.MayLoad)
	}
}
