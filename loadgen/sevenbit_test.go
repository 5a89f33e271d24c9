package loadgen

import (
	"testing"
	"testing/synctest"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Synthetic mail beyond ASCII is sent in seven bits to a server without 8BITMIME,
// and as it is to one with it. Each session learns from EHLO which it is.
func TestSyntheticMailFitsTheServer(t *testing.T) {
	for ehlo, eight := range map[string]bool{"250 fake": false, "250-fake\r\n250 8BITMIME": true} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeServer{answer: map[string]string{"ehlo": ehlo}}
			p := plan(Load{Sessions: 2, Messages: 20})
			p.Flows[0].Session.Messages, p.Flows[0].Mail.UTF8 = 3, true
			rec, _ := runFake(t, p, f, nil)
			if rec.outcomes[sample.Accepted] != 20 || f.eightBit != eight {
				t.Errorf("%q: accepted %d of 20, octets over 127: %v, want %v", ehlo, rec.outcomes[sample.Accepted], f.eightBit, eight)
			}
		})
	}
}
