package check

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// Whoever has flags alone is not told to set fields of a scenario that nobody wrote, unless
// the advice says where one comes from; and whoever wrote a scenario is not told of flags of
// quick.
func TestAdviceIsInTheUsersWords(t *testing.T) {
	fields := []string{"target.", "the flow's", "auth.", "envelope.", "message.size", "session.", "timeouts"}
	flags := []string{"--tls", "--to", "--from", "--size", "--mechanism", "--user", "HOST", "--per-session"}
	forbidden := map[string][]string{"quick": fields, "check": append(fields, "--size", "--mechanism", "--per-session"), "": flags}
	for madeBy, not := range forbidden {
		n := 0
		each := func(do string) {
			n++
			if strings.Contains(do, " scenario") {
				return
			}
			for _, word := range not {
				if strings.Contains(do, word) {
					t.Errorf("made by %q, and told %q", madeBy, do)
				}
			}
		}
		explainAll(t, words{madeBy}, each)
		if n < 1000 {
			t.Errorf("%d pieces of advice are not all", n)
		}
	}
}

// explainAll goes through what an explainer may meet.
func explainAll(t *testing.T, as words, each func(do string)) {
	f := &loadgen.Flow{Name: "quick", Target: loadgen.Target{Host: "127.0.0.1", Port: 587, TLS: &tls.Config{ServerName: "a.example.test", MinVersion: tls.VersionTLS12}}}
	f.Session.Accounts = []smtpwire.Credentials{{Username: "bench", Password: "hush"}}
	w := &Walk{Host: "127.0.0.1:587", Unreached: []Unreached{{Address: "192.0.2.1:587", Text: "refused"}}}
	e := &explainer{w, f, as, time.Now()}
	for p := range sample.Phase(sample.NumPhases) {
		for c := range sample.Class(sample.NumClasses) {
			for _, code := range []int{0, 421, 454, 530, 535, 538, 550, 552} {
				failure := &sample.Failure{Phase: p, Class: c, Code: code, Text: "so it was"}
				for _, w.OtherMode = range []bool{false, true} {
					each(e.failure(failure).Do)
				}
				each(e.refusal(failure).Do)
			}
		}
	}
	for alert := range noAlert {
		each(e.alert(alert, "so it was").Do)
	}
	each(e.smaller())
	each(e.unreached()[0].Do)
	for _, accounts := range [][]smtpwire.Credentials{nil, f.Session.Accounts} {
		f.Session.Accounts = accounts
		each(e.refusal(&sample.Failure{Phase: sample.Rcpt, Code: 550}).Do)
	}
	ca := newAuthority(t)
	_, other := ca.issue(t, "mail.example.test", nil)
	for _, chain := range [][]*x509.Certificate{nil, {other.cert}} {
		for _, now := range []time.Time{{}, time.Now(), time.Now().AddDate(100, 0, 0)} {
			for _, flaw := range flaws(chain, "a.example.test", newAuthority(t).pool(), now, as) {
				each(flaw.do)
			}
		}
	}
}
