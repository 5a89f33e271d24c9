package smtpsink

import (
	"fmt"
	"sync/atomic"
)

// Counts are what the sink has counted since its start, on one listener or on all.
type Counts struct {
	Connections   int64 `json:"connections"`
	TLS           int64 `json:"tls"`           // sessions that greeted under TLS
	Authenticated int64 `json:"authenticated"` // AUTH that succeeded
	AuthRejected  int64 `json:"auth_rejected"` // AUTH that was refused
	Messages      int64 `json:"messages"`      // accepted
	Recipients    int64 `json:"recipients"`    // of the messages accepted
	Octets        int64 `json:"octets"`        // of the messages accepted, without dot-stuffing
	Rejected      int64 `json:"rejected"`      // messages refused after their content
	Aborted       int64 `json:"aborted"`       // messages whose end never came
	Errors        int64 `json:"errors"`        // connections that broke; failed handshakes too
}

// add returns the sum of c and d.
func (c Counts) add(d Counts) Counts {
	return Counts{
		Connections:   c.Connections + d.Connections,
		TLS:           c.TLS + d.TLS,
		Authenticated: c.Authenticated + d.Authenticated,
		AuthRejected:  c.AuthRejected + d.AuthRejected,
		Messages:      c.Messages + d.Messages,
		Recipients:    c.Recipients + d.Recipients,
		Octets:        c.Octets + d.Octets,
		Rejected:      c.Rejected + d.Rejected,
		Aborted:       c.Aborted + d.Aborted,
		Errors:        c.Errors + d.Errors,
	}
}

// String returns the counts on one line.
func (c Counts) String() string {
	return fmt.Sprintf("connections %d (tls %d, errors %d), auth %d (rejected %d), messages %d (rejected %d, aborted %d), recipients %d, octets %d",
		c.Connections, c.TLS, c.Errors, c.Authenticated, c.AuthRejected,
		c.Messages, c.Rejected, c.Aborted, c.Recipients, c.Octets)
}

// counters are the Counts of one listener while it runs.
type counters struct {
	connections, tls, authenticated, authRejected           atomic.Int64
	messages, recipients, octets, rejected, aborted, errors atomic.Int64
}

func (c *counters) counts() Counts {
	return Counts{
		Connections:   c.connections.Load(),
		TLS:           c.tls.Load(),
		Authenticated: c.authenticated.Load(),
		AuthRejected:  c.authRejected.Load(),
		Messages:      c.messages.Load(),
		Recipients:    c.recipients.Load(),
		Octets:        c.octets.Load(),
		Rejected:      c.rejected.Load(),
		Aborted:       c.aborted.Load(),
		Errors:        c.errors.Load(),
	}
}
