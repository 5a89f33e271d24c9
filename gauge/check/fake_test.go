package check

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A fakeServer speaks SMTP on connections in memory, so that it runs in virtual time.
type fakeServer struct {
	mode    sample.TLSMode // starttls if STARTTLS is to be answered
	tls     *tls.Config
	clear   []string                 // what EHLO offers in the clear
	secure  []string                 // and under TLS
	answer  map[string]string        // in place of the usual reply; "close" closes the connection
	delay   map[string]time.Duration // before the reply to a verb; "banner" is one
	refuses map[string]bool          // addresses that cannot be connected to
	unknown string                   // a recipient that it does not have; "" for none
	most    int                      // sessions that it holds at once; 0 for any number

	mu      sync.Mutex
	opened  int
	open    int
	said    []string // the commands of all connections
	serving sync.WaitGroup
}

// dial opens a connection.
func (f *fakeServer) dial(ctx context.Context, a netdrive.Addr) (net.Conn, error) {
	if f.refuses[a.TCP.Addr().String()] {
		return nil, syscall.ECONNREFUSED
	}
	if f.answer["connect"] == "silent" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	f.mu.Lock()
	f.opened++
	f.mu.Unlock()
	client, server := net.Pipe()
	f.serving.Go(func() { f.serve(buffered(server)) })
	return client, nil
}

// A bufferedConn takes what is written at once, as the kernel does. Without that, two
// sides that write at the same time would wait for each other for ever.
type bufferedConn struct {
	net.Conn
	out  chan []byte
	once sync.Once
}

func buffered(c net.Conn) *bufferedConn {
	b := &bufferedConn{Conn: c, out: make(chan []byte, 1000)}
	go func() {
		for p := range b.out {
			_, _ = b.Conn.Write(p) // fails if the client is gone
		}
		b.Conn.Close()
	}()
	return b
}

func (b *bufferedConn) Write(p []byte) (int, error) {
	b.out <- slices.Clone(p)
	return len(p), nil
}

func (b *bufferedConn) Close() error {
	b.once.Do(func() { close(b.out) })
	return nil
}

func (b *bufferedConn) SetWriteDeadline(time.Time) error { return nil }

// count returns how often a verb was said.
func (f *fakeServer) count(verb string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, line := range f.said {
		if word, _, _ := strings.Cut(line, " "); strings.EqualFold(word, verb) {
			n++
		}
	}
	return n
}

func (f *fakeServer) serve(c net.Conn) {
	defer func() { c.Close() }()
	f.mu.Lock()
	f.open++
	full := f.most > 0 && f.open > f.most
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
	}()
	if full {
		_, _ = c.Write([]byte("421 4.7.0 too many connections\r\n")) // fails if the client is gone
		return
	}
	secured := false
	if f.mode == sample.TLSImplicit {
		secured, c = true, tls.Server(c, f.tls)
	}
	r := bufio.NewReader(c)
	if !f.reply(c, "banner", "220 mail.example.test ESMTP") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		f.mu.Lock()
		f.said = append(f.said, line)
		f.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		usual := "250 ok"
		switch verb {
		case "EHLO", "LHLO":
			offers := f.clear
			if secured {
				offers = f.secure
			}
			lines := append([]string{"mail.example.test"}, offers...)
			usual = "250-" + strings.Join(lines[:len(lines)-1], "\r\n250-") + "\r\n250 " + lines[len(lines)-1]
			if len(lines) == 1 {
				usual = "250 " + lines[0]
			}
		case "STARTTLS":
			usual = "220 go ahead"
		case "RCPT":
			if f.unknown != "" && strings.Contains(line, f.unknown) {
				usual = "550 5.1.1 no such user"
			}
		case "AUTH":
			usual = "235 welcome"
		case "DATA":
			if !f.reply(c, "data", "354 go on") {
				return
			}
			for line != "." {
				if line, err = r.ReadString('\n'); err != nil {
					return
				}
				line = strings.TrimRight(line, "\r\n")
			}
			verb = "."
		case "QUIT":
			usual = "221 bye"
		}
		if !f.reply(c, strings.ToLower(verb), usual) || verb == "QUIT" {
			return
		}
		if verb == "STARTTLS" && f.answer["starttls"] == "" {
			secured, c = true, tls.Server(c, f.tls)
			r = bufio.NewReader(c)
		}
	}
}

func (f *fakeServer) reply(c net.Conn, verb, usual string) bool {
	time.Sleep(f.delay[verb])
	text := usual
	if answer, ok := f.answer[verb]; ok {
		text = answer
	}
	if text == "close" {
		return false
	}
	_, err := c.Write([]byte(text + "\r\n"))
	return err == nil
}

// An authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// serials numbers certificates.
var serials int64

// issue makes a certificate that is valid for a day either way, unless change says
// otherwise. A nil authority makes one that signs itself.
func (a *authority) issue(t *testing.T, name string, change func(*x509.Certificate)) (tls.Certificate, *authority) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serials++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serials), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}, &authority{cert, key}
}

// newAuthority makes one that signs itself.
func newAuthority(t *testing.T) *authority {
	_, a := (*authority)(nil).issue(t, "test root", isAuthority)
	return a
}

func isAuthority(c *x509.Certificate) { c.IsCA, c.DNSNames = true, nil }

// pool holds the authority alone.
func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// serverTLS is the configuration of a server with these certificates, the first its own.
func serverTLS(first tls.Certificate, more ...*authority) *tls.Config {
	first.Certificate = slices.Clone(first.Certificate)
	for _, a := range more {
		first.Certificate = append(first.Certificate, a.cert.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{first}}
}
