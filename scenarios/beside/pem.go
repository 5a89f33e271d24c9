package beside

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// Certificates returns the certificates in PEM or DER, one at least. Text between PEM
// blocks explains them, and is left out. The error says what to change.
func Certificates(data []byte) ([]*pem.Block, error) { return isCertificate.find(data) }

// Keys returns the private keys, as Certificates does.
func Keys(data []byte) ([]*pem.Block, error) { return isKey.find(data) }

// A blockKind is a kind of PEM block.
type blockKind struct {
	name  string
	label string // the end of its label in PEM
	other string // the label of what is often given in its place
}

var (
	isCertificate = blockKind{"certificate", "CERTIFICATE", "PRIVATE KEY"}
	isKey         = blockKind{"private key", "PRIVATE KEY", "CERTIFICATE"}
)

// blockBegin matches the beginning of a PEM block, even if that is damaged.
var blockBegin = regexp.MustCompile(`(?m)^[ \t\x{feff}]*-----BEGIN `)

// find returns the blocks of a kind.
func (k blockKind) find(data []byte) ([]*pem.Block, error) {
	if k.isDER(data) {
		return []*pem.Block{{Type: k.label, Bytes: data}}, nil
	}
	text, err := textfile.Decode(data)
	if err != nil {
		return nil, err
	}
	var found []*pem.Block
	var labels []string
	begun := len(blockBegin.FindAllIndex(text, -1))
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		labels = append(labels, b.Type)
		if k.matches(b) {
			found = append(found, b)
		}
	}
	switch {
	case len(labels) < begun:
		return nil, fmt.Errorf("PEM blocks that cannot be read: %d; their lines must not be indented, and the END line must stand by itself", begun-len(labels))
	case len(found) > 0 && encrypted(found[0]):
		return nil, errors.New("the private key has a passphrase: openssl pkey -in FILE -out NEW removes it")
	case len(found) > 0:
		return found, nil
	case len(labels) > 0 && strings.HasSuffix(labels[0], k.other):
		return nil, fmt.Errorf("no %s in it, but a %s: the two files may be swapped", k.name, strings.ToLower(k.other))
	case len(labels) > 0:
		return nil, fmt.Errorf("no %s in it, but %s", k.name, tree.Quote(labels[0]))
	}
	return nil, fmt.Errorf("no %s in it: want PEM or DER", k.name)
}

// matches reports whether a block is of the kind. OpenSSL's TRUSTED CERTIFICATE is
// not: it adds rules on trust, which crypto/tls would not follow.
func (k blockKind) matches(b *pem.Block) bool {
	return b.Type == k.label || k.label == isKey.label && strings.HasSuffix(b.Type, " "+k.label)
}

func (k blockKind) isDER(data []byte) bool {
	if k == isCertificate {
		found, err := x509.ParseCertificates(data)
		return err == nil && len(found) > 0
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(b []byte) (any, error) { return x509.ParsePKCS1PrivateKey(b) },
		func(b []byte) (any, error) { return x509.ParseECPrivateKey(b) },
	} {
		if _, err := parse(data); err == nil {
			return true
		}
	}
	return false
}

// encrypted reports whether a block is encrypted, in the form of PKCS 8 or in that
// of RFC 1421.
func encrypted(b *pem.Block) bool {
	return strings.HasPrefix(b.Type, "ENCRYPTED ") || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED")
}
