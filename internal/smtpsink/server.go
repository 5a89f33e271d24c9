package smtpsink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink/certificate"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Config says what the sink is like.
type Config struct {
	Listeners []Listener // at least one
	Hostname  string     // in the banner and the certificate; "" means the machine's
	Names     []string   // more names and addresses for the certificate

	Accounts          []Account // that may authenticate; without any, and without AnyAccount, AUTH is not offered
	AnyAccount        bool      // everybody may authenticate
	AllowInsecureAuth bool      // offer AUTH without TLS too

	// Delays say how long the sink waits before its reply to a command: banner,
	// tls, ehlo, starttls, auth, mail, rcpt, data, body, rset or quit. data and
	// quit need listeners without TLS.
	Delays map[string]time.Duration

	MaxMessage    int64         // octets; 0 means 128 MiB
	MaxRecipients int           // of a message; 0 means 10,000
	Timeout       time.Duration // for each command, and to write each reply; 0 means 5 min (RFC 5321, 4.5.3.2.7)

	// Logf takes a line for each error on a connection or of accept; nil drops
	// them. It is called from many goroutines.
	Logf func(format string, args ...any)

	open func(network, address string) (net.Listener, error) // net.Listen, except in tests
}

// A Server is a running sink.
type Server struct {
	listeners []*listening
	delays    map[string]time.Duration
	accounts  *accounts
	ca        []byte
	timeout   time.Duration
	done      chan struct{} // closed by Close
	serving   sync.WaitGroup
	close     func() error

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// listening is one listener while it runs.
type listening struct {
	gate     *gate
	server   *smtp.Server
	counters counters
}

// Start opens all listeners and serves. If it returns an error, none is open.
func Start(c Config) (*Server, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		delays:  c.Delays,
		timeout: c.Timeout,
		done:    make(chan struct{}),
		conns:   make(map[*conn]struct{}),
	}
	s.close = sync.OnceValue(s.shut)
	if s.accounts, err = newAccounts(c.Accounts); err != nil {
		return nil, err
	}
	s.accounts.any = c.AnyAccount
	names := append([]string{"localhost", "127.0.0.1", "::1", c.Hostname}, c.Names...)
	slices.Sort(names)
	leaf, ca, err := certificate.Issue("smtpgauge sink", slices.Compact(names), time.Now())
	if err != nil {
		return nil, err
	}
	s.ca = ca
	if err := s.listen(c, s.tlsConfig(leaf)); err != nil {
		return nil, err
	}
	s.serve(c)
	return s, nil
}

// Check returns what is wrong with the Config. It opens nothing.
func (c Config) Check() error {
	if len(c.Listeners) == 0 {
		return errors.New("the sink has nowhere to listen: give it a listener")
	}
	if c.MaxMessage < 0 || c.MaxRecipients < 0 || c.Timeout < 0 {
		return errors.New("a limit of the sink is negative: leave it out for the default")
	}
	if err := checkAccounts(c.Accounts); err != nil {
		return err
	}
	return checkDelays(c.Delays, c.Listeners)
}

func (c Config) withDefaults() (Config, error) {
	if c.Hostname == "" {
		name, err := os.Hostname()
		if err != nil {
			return c, fmt.Errorf("find the machine's name: %w", err)
		}
		c.Hostname = name
	}
	if c.MaxMessage == 0 {
		c.MaxMessage = 128 << 20
	}
	if c.MaxRecipients == 0 {
		c.MaxRecipients = 10_000
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Minute
	}
	if c.Logf == nil {
		c.Logf = func(string, ...any) {}
	}
	if c.open == nil {
		c.open = net.Listen
	}
	c.Listeners = slices.Clone(c.Listeners)
	return c, nil
}

func (s *Server) tlsConfig(leaf tls.Certificate) *tls.Config {
	config := &tls.Config{Certificates: []tls.Certificate{leaf}, MinVersion: tls.VersionTLS12}
	if s.delays["tls"] > 0 {
		config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			s.wait("tls")
			return nil, nil
		}
	}
	return config
}

// listen opens all listeners, or none if there is an error.
func (s *Server) listen(c Config, secure *tls.Config) error {
	for _, l := range c.Listeners {
		network := l.Network
		if network == "" {
			network = "tcp"
		}
		inner, err := c.open(network, l.Address)
		if err != nil {
			for _, open := range s.listeners {
				err = errors.Join(err, open.gate.Close())
			}
			return err
		}
		on := &listening{}
		on.gate = &gate{Listener: inner, sink: s, counters: &on.counters}
		if l.TLS == sample.TLSImplicit {
			on.gate.tls = secure
		}
		if s.delays["banner"] > 0 {
			on.gate.ready = make(chan accepted)
		}
		on.server = s.newSMTP(c, l, secure, &on.counters)
		s.listeners = append(s.listeners, on)
	}
	return nil
}

func (s *Server) newSMTP(c Config, l Listener, secure *tls.Config, count *counters) *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if _, ok := c.TLSConnectionState(); ok {
			count.tls.Add(1)
		}
		s.wait("ehlo")
		return &session{sink: s, counters: count}, nil
	}))
	if l.TLS == sample.TLSStart {
		server.TLSConfig = secure
	}
	server.LMTP = l.LMTP
	server.Domain = c.Hostname
	server.MaxMessageBytes = c.MaxMessage
	server.MaxRecipients = c.MaxRecipients
	server.MaxLineLength = 16 << 10 // an AUTH line may have 12,288 octets (RFC 4954, 4)
	server.AllowInsecureAuth = c.AllowInsecureAuth
	server.ReadTimeout = c.Timeout
	server.WriteTimeout = c.Timeout
	server.EnableSMTPUTF8 = true
	server.ErrorLog = &errorLog{logf: c.Logf, counters: count}
	return server
}

func (s *Server) serve(c Config) {
	for i, on := range s.listeners {
		if on.gate.ready != nil {
			s.serving.Go(on.gate.delayBanners)
		}
		s.serving.Go(func() {
			if err := on.server.Serve(on.gate); !errors.Is(err, net.ErrClosed) {
				c.Logf("%s: %v", c.Listeners[i], err)
			}
		})
	}
}

// Addrs returns the addresses at which the sink listens, in the order of Config.Listeners,
// with the ports that the kernel chose.
func (s *Server) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(s.listeners))
	for i, on := range s.listeners {
		addrs[i] = on.gate.Addr()
	}
	return addrs
}

// CAPEM returns the certificate of the authority to trust, in PEM.
func (s *Server) CAPEM() []byte { return slices.Clone(s.ca) }

// Counts returns what the sink has counted so far on all listeners.
func (s *Server) Counts() Counts {
	var sum Counts
	for _, c := range s.ListenerCounts() {
		sum = sum.add(c)
	}
	return sum
}

// ListenerCounts returns what the sink has counted so far on each listener, in the order of
// Config.Listeners.
func (s *Server) ListenerCounts() []Counts {
	counts := make([]Counts, len(s.listeners))
	for i, on := range s.listeners {
		counts[i] = on.counters.counts()
	}
	return counts
}

// Close closes all listeners and connections, and returns when no goroutine of the sink
// runs any more. Later calls return the same error.
func (s *Server) Close() error { return s.close() }

func (s *Server) shut() error {
	close(s.done)
	errs := make([]error, 0, 2*len(s.listeners))
	for _, on := range s.listeners {
		errs = append(errs, on.gate.Close())
	}
	s.mu.Lock()
	open := s.conns
	s.conns = nil
	s.mu.Unlock()
	for c := range open {
		// An error means that the client has gone already.
		_ = c.Close()
	}
	s.serving.Wait()
	// Nothing accepts any more, so Shutdown of go-smtp only has to wait for its
	// connections. It closes the listeners a second time.
	for _, on := range s.listeners {
		if err := on.server.Shutdown(context.Background()); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Server) track(c *conn) {
	s.mu.Lock()
	closed := s.conns == nil
	if !closed {
		s.conns[c] = struct{}{}
	}
	s.mu.Unlock()
	if closed {
		_ = c.Close()
	}
}

func (s *Server) untrack(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// An errorLog counts the errors that go-smtp reports, and passes them on.
type errorLog struct {
	logf     func(string, ...any)
	counters *counters
}

func (l *errorLog) Printf(format string, v ...any) {
	l.counters.errors.Add(1)
	l.logf(format, v...)
}

func (l *errorLog) Println(v ...any) { l.Printf("%s", fmt.Sprint(v...)) }
