package loadgen

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

func TestSecurity(t *testing.T) {
	until := time.Date(2027, 2, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
	var client smtpwire.Client
	client.Start(&smtpwire.Options{}, &smtpwire.Credentials{Username: "u", Password: "S3cretPassw0rd"})
	var thousands []string
	for i := range 10_000 {
		thousands = append(thousands, fmt.Sprintf("\x1b[2J%d.%s", i, strings.Repeat("x", 300)))
	}
	for _, test := range []struct {
		name  string
		state tls.ConnectionState
		want  sample.Security
	}{
		{"usual", tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256, CurveID: tls.X25519, PeerCertificates: []*x509.Certificate{
			{Subject: pkix.Name{CommonName: "mail.example.test"}, Issuer: pkix.Name{CommonName: "R3", Organization: []string{"Let's"}}, NotAfter: until,
				DNSNames: []string{"mail.example.test", "mx.example.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}},
		}}, sample.Security{Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", Group: "X25519", Certificate: sample.Certificate{
			Subject: "mail.example.test", Names: []string{"mail.example.test", "mx.example.test", "127.0.0.1"}, Issuer: "R3", NotAfter: until.UTC(),
		}}},
		{"without common names", tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, CurveID: tls.CurveP256, PeerCertificates: []*x509.Certificate{
			{Issuer: pkix.Name{Organization: []string{"One", "Two"}}, NotAfter: until, DNSNames: []string{"mx.example.test"}},
		}}, sample.Security{Version: "1.2", Cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", Group: "P-256", Certificate: sample.Certificate{
			Subject: "mx.example.test", Names: []string{"mx.example.test"}, Issuer: "One, Two", NotAfter: until.UTC(),
		}}},
		{"a secret in it", tls.ConnectionState{Version: tls.VersionTLS10, CipherSuite: tls.TLS_RSA_WITH_AES_128_CBC_SHA, PeerCertificates: []*x509.Certificate{
			{Subject: pkix.Name{CommonName: "S3cretPassw0rd\u202e"}, NotAfter: until, DNSNames: []string{"S3cretPassw0rd.test"}},
		}}, sample.Security{Version: "1.0", Cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", Certificate: sample.Certificate{
			Subject: smtpwire.Redacted + "?", Names: []string{smtpwire.Redacted + ".test"}, NotAfter: until.UTC(),
		}}},
		{"thousands of names", tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256, PeerCertificates: []*x509.Certificate{
			{Subject: pkix.Name{CommonName: strings.Repeat("x", 1<<20)}, NotAfter: until, DNSNames: thousands},
		}}, sample.Security{Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", Certificate: sample.Certificate{
			Subject: strings.Repeat("x", 200), NotAfter: until.UTC(),
		}}},
	} {
		got := securityOf(&test.state, client.Line)
		if test.name == "thousands of names" {
			names := got.Certificate.Names
			if len(names) != sample.MaxNames || names[sample.MaxNames-1] != "…" || len(names[0]) != 200 || !strings.HasPrefix(names[0], "?[2J0.x") {
				t.Errorf("%d names: %q", len(names), names)
			}
			got.Certificate.Names = nil
		}
		if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s:\n%+v, want\n%+v", test.name, *got, test.want)
		}
	}
}

func TestGroupsHaveTheNamesOfScenarios(t *testing.T) {
	for id, want := range map[tls.CurveID]string{
		tls.X25519: "X25519", tls.CurveP256: "P-256", tls.CurveP384: "P-384", tls.CurveP521: "P-521",
		tls.X25519MLKEM768: "X25519MLKEM768", tls.SecP256r1MLKEM768: "SecP256r1MLKEM768",
	} {
		if got := groupName(id); got != want {
			t.Errorf("%d is %s, want %s", id, got, want)
		}
	}
}
