package madeup

import (
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Postfix is how a server introduces itself, under TLS or not.
func Postfix(address, banner string, secured bool) tally.Greeting {
	g := tally.Greeting{Address: address, Banner: banner, EHLO: "localhost"}
	g.Name, _, _ = strings.Cut(banner, " ")
	if secured {
		g.TLS = &tally.Security{Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", Group: "X25519", Certificate: &tally.Certificate{
			Subject: "mail.example.test", Names: []string{"mail.example.test"}, Issuer: "R3", NotAfter: samples.Epoch.AddDate(0, 3, 0),
		}}
	}
	return g
}
