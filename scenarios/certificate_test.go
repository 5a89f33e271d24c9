package scenarios

import (
	"encoding/pem"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/scenarios/beside"
)

func TestCertificateFiles(t *testing.T) {
	certPEM, keyPEM := pair(t)
	otherPEM, _ := pair(t)
	block, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	cert, key, other := string(certPEM), string(keyPEM), string(otherPEM)
	labelled := func(label, text string) string {
		return strings.ReplaceAll(strings.ReplaceAll(text, "CERTIFICATE", label), "PRIVATE KEY", label)
	}
	windows := func(text string) string { return "\xef\xbb\xbf" + strings.ReplaceAll(text, "\n", "\r\n") }
	for name, test := range map[string]struct{ ca, cert, key, want string }{
		"PEM":                {cert, cert, key, ""},
		"UTF-8 marks":        {windows(cert), windows(cert), windows(key), ""},
		"UTF-16":             {utf16(cert), utf16(cert), utf16(key), ""},
		"DER":                {string(block.Bytes), string(block.Bytes), string(keyBlock.Bytes), ""},
		"words before":       {"subject=/CN=x\nissuer=/CN=x\n" + cert, "Bag Attributes\n" + cert, "key:\n" + key, ""},
		"all in one":         {key + cert, key + cert, key + cert, ""},
		"several":            {cert + other, cert + other, key, ""},
		"a sick one in many": {cert + labelled("CERTIFICATE", key), cert, key, ""},

		"key as CA":       {key, cert, key, "s.yaml:9:24: ca: no certificate in it, but a private key: the two files may be swapped"},
		"mistaken":        {cert, key, cert, "s.yaml:9:34: cert: no certificate in it, but a private key"},
		"mistaken key":    {cert, cert, cert, "s.yaml:9:45: key: no private key in it, but a certificate"},
		"neither":         {"hello\n", cert, key, "s.yaml:9:24: ca: no certificate in it: want PEM or DER"},
		"empty":           {"", cert, key, "s.yaml:9:24: ca: no certificate in it: want PEM or DER"},
		"another label":   {labelled("PKCS7", cert), cert, key, `s.yaml:9:24: ca: no certificate in it, but "PKCS7"`},
		"sick":            {labelled("CERTIFICATE", key), cert, key, "s.yaml:9:24: ca: its certificate cannot be read: "},
		"indented":        {"  " + strings.ReplaceAll(cert, "\n", "\n  "), cert, key, "s.yaml:9:24: ca: PEM blocks that cannot be read: 1"},
		"second indented": {cert + "  " + other, cert, key, "s.yaml:9:24: ca: PEM blocks that cannot be read: 1"},
		"passphrase":      {cert, cert, labelled("ENCRYPTED PRIVATE KEY", key), "s.yaml:9:45: key: the private key has a passphrase"},
		"another's key":   {cert, other, key, "s.yaml:9:34: cert and key: private key does not match public key"},
		"compressed":      {"\x1f\x8b", cert, key, "s.yaml:9:24: ca: is compressed by gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			got := faultOf(t, "target: {tls: {ca: ca, cert: cert, key: key}}\n    tls: starttls",
				map[string]string{"ca": test.ca, "cert": test.cert, "key": test.key})
			if (test.want == "") != (got == "") || !strings.HasPrefix(got, test.want) {
				t.Errorf("want %q: %s", test.want, got)
			}
		})
	}
}

func FuzzCertificate(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("  -----BEGIN \x30\x03\x02\x01\x00"))
	f.Add([]byte(utf16("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, find := range []func([]byte) ([]*pem.Block, error){beside.Certificates, beside.Keys} {
			blocks, err := find(data)
			if (err == nil) != (len(blocks) > 0) {
				t.Fatalf("%d blocks and %v", len(blocks), err)
			}
		}
	})
}
