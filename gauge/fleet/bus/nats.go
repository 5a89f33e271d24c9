package bus

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	neturl "net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
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
// Every error is of what it was given: no server is asked before it returns.
func Connect(url string, t Token, o Options) (Bus, error) {
	if err := CheckServers(url); err != nil {
		return nil, err
	}
	list := []nats.Option{nats.Name(o.Name)}
	if o.Credentials != "" {
		if err := checkCredentials(o.Credentials); err != nil {
			return nil, err
		}
		list = append(list, nats.UserCredentials(o.Credentials))
	}
	if o.NKey != "" {
		key, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("the nkey of %s: %s", o.NKey, detail(err))
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
	return connect(url, t, peer{name: "the NATS servers at " + WithoutPassword(url)}, o.Report, list)
}

// checkCredentials finds out at once what would otherwise be tried again for ever.
func checkCredentials(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err = nkeys.ParseDecoratedJWT(text); err == nil {
		_, err = nkeys.ParseDecoratedUserNKey(text)
	}
	if err != nil {
		return fmt.Errorf("%s has no JWT with a user's key, as nsc writes them", file)
	}
	return nil
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
			if has := fingerprint(s.PeerCertificates[0].Raw); has != j.Fingerprint { // a server has one, says crypto/tls
				return &otherCertificate{has: has, want: j.Fingerprint}
			}
			return nil
		},
	}
	server := neturl.URL{Scheme: "nats", Host: j.Address}
	return connect(server.String(), t, peer{name: "the coordinator at " + j.Address, coordinator: true}, report,
		[]nats.Option{nats.SetCustomDialer(&dialer{config: config, login: t.login()}), nats.SkipHostLookup()})
}

func fingerprint(certificate []byte) string {
	sum := sha256.Sum256(certificate)
	return hex.EncodeToString(sum[:])
}

// reconnectWait is how long a client waits until it tries again, and a part of
// reconnectJitter longer.
const (
	reconnectWait   = 250 * time.Millisecond
	reconnectJitter = 100 * time.Millisecond
)

// connect makes a client. report is called with what is wrong with the connection, again each
// time that it is tried; nil if nobody wants it.
func connect(url string, t Token, p peer, report func(string), list []nats.Option) (Bus, error) {
	if report == nil {
		report = func(string) {}
	}
	c := &client{token: t, coordinator: p.coordinator, leaving: make(chan struct{})}
	tell := func(text string) {
		select {
		case <-c.leaving: // its owner knows
		default:
			report(text)
		}
	}
	var told atomic.Bool // that it does not come about
	explain := func(err error) {
		if err != nil && !(c.resting.Load() && isAbsent(err)) {
			told.Store(true)
			tell(p.explain(err))
		}
	}
	var made atomic.Pointer[nats.Conn]
	list = append(list,
		nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.Timeout(2*time.Second), nats.PingInterval(2*time.Second), nats.MaxPingsOutstanding(2),
		nats.ReconnectBufSize(4<<20), nats.IgnoreAuthErrorAbort(),
		// What fails after a connection is there, such as its TLS handshake and the login, is
		// told to no handler when it is tried again. It is the last error by then.
		nats.CustomReconnectDelay(func(int) time.Duration {
			if conn := made.Load(); conn != nil {
				explain(conn.LastError())
			}
			return reconnectWait + rand.N(reconnectJitter)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil && !c.resting.Load() {
				tell(p.lost(err))
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { explain(err) }),
		nats.ConnectHandler(func(*nats.Conn) {
			if told.Load() {
				tell("connected to " + p.name)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			if !c.resting.Swap(false) {
				tell("the connection to " + p.name + " is there again")
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { explain(err) }),
		nats.ClosedHandler(func(conn *nats.Conn) { tell(p.closed(conn.LastError())) }),
	)
	conn, err := nats.Connect(url, list...)
	if err != nil {
		return nil, err
	}
	c.conn = conn
	made.Store(conn)
	return c, nil
}

// A client is a Bus over NATS.
type client struct {
	conn        *nats.Conn
	token       Token
	coordinator bool          // the other end is one that listens itself
	resting     atomic.Bool   // its owner waits for the next coordinator
	leaving     chan struct{} // closed once its owner knows that the connection ends
	leave       sync.Once
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

// Leaving implements Bus.
func (c *client) Leaving() { c.leave.Do(func() { close(c.leaving) }) }

// Resting implements Bus. NATS servers stay when a coordinator ends.
func (c *client) Resting() { c.resting.Store(c.coordinator) }

// Close implements Bus. What was sent shortly before still goes out.
func (c *client) Close() {
	c.Leaving()
	if c.conn.IsConnected() {
		_ = c.conn.FlushTimeout(time.Second)
	}
	c.conn.Close()
}
