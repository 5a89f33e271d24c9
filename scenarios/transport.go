package scenarios

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/scenarios/beside"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A transport says how TLS is done: whom to trust, which versions to offer, and the
// client's own certificate.
type transport struct {
	section
	ca         string
	serverName string
	insecure   bool
	minVersion uint16
	maxVersion uint16
	ciphers    []string
	curves     []tls.CurveID
	cert, key  string
	resumption bool
}

// These are the versions that Go speaks. The oldest are used only if min_version
// allows them.
var versionShape = oneWord(
	choice[uint16]{"1.0", tls.VersionTLS10},
	choice[uint16]{"1.1", tls.VersionTLS11},
	choice[uint16]{"1.2", tls.VersionTLS12},
	choice[uint16]{"1.3", tls.VersionTLS13},
)

var curveShape = oneWord(
	choice[tls.CurveID]{"X25519", tls.X25519},
	choice[tls.CurveID]{"P-256", tls.CurveP256},
	choice[tls.CurveID]{"P-384", tls.CurveP384},
	choice[tls.CurveID]{"P-521", tls.CurveP521},
	choice[tls.CurveID]{"X25519MLKEM768", tls.X25519MLKEM768},
	choice[tls.CurveID]{"SecP256r1MLKEM768", tls.SecP256r1MLKEM768},
	choice[tls.CurveID]{"SecP384r1MLKEM1024", tls.SecP384r1MLKEM1024},
)

// filePath is the shape of a file's name, relative to the folder of what names it.
var filePath shape[string] = pathShape{text("the path of a file", `^[^\x00]{1,1000}$`)}

// A pathShape leaves in the resolved scenario what the path is from the scenario's own
// folder, since what named it may be elsewhere.
type pathShape struct{ shape[string] }

func (p pathShape) decode(d *decoder, n *tree.Node, out *string) {
	p.shape.decode(d, n, out)
	if name, ok := d.fromScenario(n.At, *out); ok {
		n.Text = tree.Literal(name)
	}
}

var transportShape = object[transport]{
	name:    "tls",
	example: "{ca: FILE}; whether sessions use TLS is an option of the flow",
	fields: []field[transport]{
		opt("ca", filePath, func(t *transport) *string { return &t.ca },
			"File with the certificate authorities to trust, PEM or DER, in place of the system's."),
		opt("server_name", text("a host name", hostPattern), func(t *transport) *string { return &t.serverName },
			"The name that the certificate has to be for. If left out, target.host."),
		opt("insecure", boolean, func(t *transport) *bool { return &t.insecure },
			"Accept any certificate without checking it.").defaultTo("false"),
		opt("min_version", versionShape, func(t *transport) *uint16 { return &t.minVersion },
			"The oldest TLS version to accept, in quotes.").defaultTo("1.2"),
		opt("max_version", versionShape, func(t *transport) *uint16 { return &t.maxVersion },
			"The newest TLS version to offer, in quotes.").defaultTo("1.3"),
		opt("ciphers", listOf(text("a cipher suite", `^TLS_[A-Z0-9_]+$`), 1, 100), func(t *transport) *[]string { return &t.ciphers },
			"Cipher suites up to TLS 1.2, by their IANA names. Those of TLS 1.3 cannot be chosen."),
		opt("curves", listOf(curveShape, 1, 10), func(t *transport) *[]tls.CurveID { return &t.curves },
			"Key exchanges to offer, the preferred one first. Post-quantum X25519MLKEM768 is among Go's defaults, and costs about one and a half times as much as X25519."),
		opt("cert", filePath, func(t *transport) *string { return &t.cert },
			"File with the client's certificate, PEM or DER."),
		opt("key", filePath, func(t *transport) *string { return &t.key },
			"File with its private key, PEM or DER."),
		opt("resumption", boolean, func(t *transport) *bool { return &t.resumption },
			"Resume TLS sessions. If false, each connection makes a full handshake, as connections of many different clients do.").defaultTo("false"),
	},
	check: checkTransport,
}

func checkTransport(d *decoder, t *transport) {
	if t.minVersion != 0 && t.maxVersion != 0 && t.minVersion > t.maxVersion {
		d.Faultf(t.at("min_version"), "min_version is above max_version")
	}
	if t.has("cert") != t.has("key") && !t.unsure {
		d.Faultf(t.at(t.given("cert", "key")[0]), "cert and key belong together: one of them is missing")
	}
	known := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	for i, name := range t.ciphers {
		j := slices.IndexFunc(known, func(c *tls.CipherSuite) bool { return c.Name == name })
		at := t.node.Get("ciphers").Items[i].At
		switch {
		case name == "": // reported already
		case j < 0:
			d.Faultf(at, "no cipher suite is named %s: %sknown are those of Go's crypto/tls", tree.Quote(name), spelling.Suggest(name, suiteNames(known)))
		case !slices.Contains(known[j].SupportedVersions, tls.VersionTLS12):
			d.Faultf(at, "%s belongs to TLS 1.3, whose suites cannot be chosen", name)
		}
	}
}

func suiteNames(suites []*tls.CipherSuite) []string {
	names := make([]string, len(suites))
	for i, s := range suites {
		names[i] = s.Name
	}
	return names
}

// config returns the configuration for crypto/tls. It reports what is wrong with
// the files.
func (t *transport) config(d *decoder, host string) *tls.Config {
	c := &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: t.insecure,
		MinVersion:         t.minVersion,
		MaxVersion:         t.maxVersion,
		CurvePreferences:   t.curves,
	}
	if t.serverName != "" {
		c.ServerName = t.serverName
	}
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if slices.Contains(t.ciphers, suite.Name) {
			c.CipherSuites = append(c.CipherSuites, suite.ID)
		}
	}
	if t.resumption {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	if t.ca != "" && d.trust != nil {
		c.RootCAs = d.trust
	} else if t.ca != "" {
		c.RootCAs = d.authorities(t.at("ca"), t.ca)
	}
	if t.cert != "" && t.key != "" {
		c.Certificates = d.certificate(t)
	}
	return c
}

// maxPEM bounds files of certificates. The trust store of a system is a quarter of
// that.
const maxPEM = 4 << 20

// authorities reads the certificates to trust. Those that cannot be read are left
// out, unless that is all of them.
func (d *decoder) authorities(at tree.Position, name string) *x509.CertPool {
	blocks, ok := d.blocks(at, name, beside.Certificates)
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
	certificates, certOK := d.blocks(t.at("cert"), t.cert, beside.Certificates)
	keys, keyOK := d.blocks(t.at("key"), t.key, beside.Keys)
	d.keepPrivate()
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

// blocks returns the blocks of a kind in a file, one at least, or reports why it
// cannot.
func (d *decoder) blocks(at tree.Position, name string, find func([]byte) ([]*pem.Block, error)) ([]*pem.Block, bool) {
	data, ok := d.octets(at, name, maxPEM)
	if !ok {
		return nil, false
	}
	blocks, err := find(data)
	if err != nil {
		d.Faultf(at, "%s: %v", d.shownName(at, name), err)
	}
	return blocks, err == nil
}
