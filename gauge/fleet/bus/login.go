package bus

import (
	"crypto/subtle"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A login lets those in who know the token, and says who does not.
type login struct {
	secret string
	report func(text string)

	mu    sync.Mutex
	begun time.Time       // the minute that told is of
	told  map[string]bool // addresses
}

// mostTold is how many addresses are named in a minute.
const mostTold = 20

// Check implements server.Authentication.
func (l *login) Check(c server.ClientAuthentication) bool {
	has := c.GetOpts().Token
	if subtle.ConstantTimeCompare([]byte(has), []byte(l.secret)) == 1 {
		return true
	}
	host := "an unknown address"
	if a := c.RemoteAddress(); a != nil {
		host = a.String()
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
	}
	if l.isNews(host, time.Now()) {
		l.report(refused(host, has != ""))
	}
	return false
}

// refused says who was refused. Nothing that was sent is in it.
func refused(host string, token bool) string {
	with := "another token"
	if !token {
		with = "no token"
	}
	return "refused a login from " + host + " with " + with + ": if that is an agent of yours, start it with the line that this coordinator printed, or with the same " + TokenVariable
}

// isNews tells whether an address has not been named in this minute, and may be.
func (l *login) isNews(host string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.begun) >= time.Minute {
		l.begun, l.told = now, map[string]bool{}
	}
	if l.told[host] || len(l.told) >= mostTold {
		return false
	}
	l.told[host] = true
	return true
}
