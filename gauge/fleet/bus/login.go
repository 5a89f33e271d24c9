package bus

import (
	"crypto/subtle"
	"sync"
	"time"
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

// isRight tells whether somebody at a host has the right secret.
func (l *login) isRight(has, host string) bool {
	if subtle.ConstantTimeCompare([]byte(has), []byte(l.secret)) == 1 {
		return true
	}
	if l.isNews(host, time.Now()) {
		l.report("refused a login from " + host + " with another token: if that is an agent of yours, start it with the line that this coordinator printed, or with the same " + TokenVariable)
	}
	return false
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
