//go:build linux

package main

import "fmt"

// A metric is a figure of a client that a target bounds.
type metric uint8

const (
	cpu       metric = iota // CPU of a message (or connection), divided by another client's
	rate                    // messages a second, divided by another client's
	memory                  // bytes of each session after the first, with several shards if against says so
	handshake               // CPU of the handshake alone, divided by s_time's
	growth                  // CPU of a message, divided by the same client's in another case
	sharing                 // CPU of a message with several shards, divided by that with one
)

// A target is a bound that a figure of smtpgauge has to keep.
type target struct {
	metric  metric
	against client // "" if the metric needs none
	base    string // for growth, the name of the other case
	bound   float64
	atLeast bool // the figure has to be at least the bound; otherwise at most
}

func (t target) String() string {
	sign := "≤"
	if t.atLeast {
		sign = "≥"
	}
	switch t.metric {
	case cpu:
		return fmt.Sprintf("CPU %s %.2f × %s", sign, t.bound, t.against)
	case rate:
		return fmt.Sprintf("throughput %s %.2f × %s", sign, t.bound, t.against)
	case memory:
		return fmt.Sprintf("memory a session%s %s %.0f KiB", of(t.against), sign, t.bound/1024)
	case handshake:
		return fmt.Sprintf("CPU of the handshake %s %.2f × %s", sign, t.bound, t.against)
	}
	if t.metric == sharing {
		return fmt.Sprintf("CPU of %s %s %.2f × that of one", t.against, sign, t.bound)
	}
	return fmt.Sprintf("CPU %s %.2f × that of case %s", sign, t.bound, t.base)
}

// of says whose figure it is, if it is not that of one shard.
func of(c client) string {
	if c == "" {
		return ""
	}
	return " of " + string(c)
}
