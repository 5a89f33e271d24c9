package scenarios

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// maxPEM bounds files of certificates. The trust store of a system is a quarter of
// that.
const maxPEM = 4 << 20

// authorities reads the certificates to trust. Those that cannot be read are left
// out, unless that is all of them.
func (d *decoder) authorities(at tree.Position, name string) *x509.CertPool {
	blocks, ok := d.blocks(at, name, isCertificate)
	if !ok {
		return nil
	}
	pool := x509.NewCertPool()
	read, unread := 0, error(nil)
	for _, b := range blocks {
		certificates, err := x509.ParseCertificates(b.Bytes)
		if err != nil {
			unread = err
		}
		for _, c := range certificates {
			pool.AddCert(c)
			read++
		}
	}
	if read == 0 {
		d.Faultf(at, "%s: its certificate cannot be read: %v", d.shownName(at, name), unread)
		return nil
	}
	return pool
}

// certificate reads the client's certificate and its key.
func (d *decoder) certificate(t *transport) []tls.Certificate {
	certificates, certOK := d.blocks(t.at("cert"), t.cert, isCertificate)
	keys, keyOK := d.blocks(t.at("key"), t.key, isKey)
	if !certOK || !keyOK {
		return nil
	}
	var cert bytes.Buffer
	for _, b := range certificates {
		_ = pem.Encode(&cert, b) // writing to a buffer never fails
	}
	pair, err := tls.X509KeyPair(cert.Bytes(), pem.EncodeToMemory(keys[0]))
	if err != nil {
		d.Faultf(t.at("cert"), "%s and %s: %s", d.shownName(t.at("cert"), t.cert), d.shownName(t.at("key"), t.key), strings.TrimPrefix(err.Error(), "tls: "))
		return nil
	}
	return []tls.Certificate{pair}
}

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

// blocks returns the blocks of a kind in a file, one at least, or reports why it
// cannot.
func (d *decoder) blocks(at tree.Position, name string, kind blockKind) ([]*pem.Block, bool) {
	data, ok := d.octets(at, name, maxPEM)
	if !ok {
		return nil, false
	}
	blocks, err := kind.find(data)
	if err != nil {
		d.Faultf(at, "%s: %v", d.shownName(at, name), err)
	}
	return blocks, err == nil
}

// blockBegin matches the beginning of a PEM block, even if that is damaged.
var blockBegin = regexp.MustCompile(`(?m)^[ \t\x{feff}]*-----BEGIN `)

// find returns the blocks of a kind in PEM or DER. Text between PEM blocks explains
// them, and is left out.
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
