package bus

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

// Options say how to connect to somebody's NATS servers. The zero value needs nothing but
// their URL.
type Options struct {
	Credentials string // a file with a JWT and its key, as nsc makes it
	NKey        string // a file with the seed of an nkey
	CA          string // a file in PEM with the authorities that are trusted; "" for those of the system
	Name        string // of the connection, for whoever runs the servers

	// Report is called with what happens to the connection; nil if nobody wants it.
	Report func(text string)
}

// Connect connects to NATS servers, by one URL or several with commas between them. A URL
// may have a user and a password, or a token. It waits for a server that is not there yet.
func Connect(url string, t Token, o Options) (Bus, error) {
	list := []nats.Option{nats.Name(o.Name)}
	if o.Credentials != "" {
		list = append(list, nats.UserCredentials(o.Credentials))
	}
	if o.NKey != "" {
		key, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("the nkey of %s: %w", o.NKey, err)
		}
		list = append(list, key)
	}
	if o.CA != "" {
		pem, err := os.ReadFile(o.CA)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate in PEM", o.CA)
		}
		list = append(list, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	return connect(url, t, explaining(o.Report, "the NATS servers refuse this login"), list)
}

// Dial connects to the server that is embedded in a coordinator. It waits for one that is
// not there yet.
func (j Join) Dial(t Token, report func(string)) (Bus, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS13,
		// The certificate is known by its fingerprint. Without one any is good enough:
		// TLS then protects the login alone, and the messages are sealed.
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if j.Fingerprint == "" {
				return nil
			}
			if len(s.PeerCertificates) == 0 || fingerprint(s.PeerCertificates[0].Raw) != j.Fingerprint {
				return errors.New("the server's certificate is not the coordinator's: its fingerprint is another")
			}
			return nil
		},
	}
	server := url.URL{Scheme: "tls", Host: j.Address}
	return connect(server.String(), t, explaining(report, "the coordinator at "+j.Address+" has another token: copy the whole line that run --agents printed last"),
		[]nats.Option{nats.Secure(config), nats.Token(t.login())})
}

// explaining returns a function that reports the errors of a connection, and what it most
// likely means that a login is refused.
func explaining(report func(string), refused string) func(error) {
	return func(err error) {
		if report == nil {
			return
		}
		text := err.Error()
		if errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked) {
			text += ": " + refused
		}
		report(text)
	}
}

func fingerprint(certificate []byte) string {
	sum := sha256.Sum256(certificate)
	return hex.EncodeToString(sum[:])
}

// reconnectWait is how long a client waits until it tries again.
const reconnectWait = 250 * time.Millisecond

// connect makes a client. report is called with the errors of the connection.
func connect(url string, t Token, report func(error), list []nats.Option) (Bus, error) {
	list = append(list,
		nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectWait(reconnectWait), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.Timeout(2*time.Second), nats.PingInterval(2*time.Second), nats.MaxPingsOutstanding(2),
		nats.ReconnectBufSize(4<<20), nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				report(err)
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { report(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { report(err) }),
	)
	conn, err := nats.Connect(url, list...)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, token: t}, nil
}

// A client is a Bus over NATS.
type client struct {
	conn  *nats.Conn
	token Token
}

// Send implements Bus.
func (c *client) Send(address string, data []byte) error {
	return c.conn.Publish(c.token.subject(address), data)
}

// Listen implements Bus.
func (c *client) Listen(address string, take func([]byte)) (stop func(), err error) {
	s, err := c.conn.Subscribe(c.token.subject(address), func(m *nats.Msg) { take(m.Data) })
	if err != nil {
		return nil, err
	}
	return func() { _ = s.Unsubscribe() }, nil // which fails only if the connection is closed
}

// Close implements Bus. What was sent shortly before still goes out.
func (c *client) Close() {
	if c.conn.IsConnected() {
		_ = c.conn.FlushTimeout(time.Second)
	}
	c.conn.Close()
}
