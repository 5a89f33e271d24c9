//go:build linux

package main

import "fmt"

// A metric is a figure of a client that a target bounds.
type metric uint8

const (
	cpu       metric = iota // a message (or connection) relative to another client's
	rate                    // messages a second relative to another client's
	memory                  // bytes a session, beyond what one session takes
	handshake               // CPU of the handshake alone relative to s_time's
	growth                  // CPU a message relative to the same client's in another case
)

// A target is a bound that a figure of ours has to keep.
type target struct {
	metric  metric
	against client // or "" where the metric needs none
	base    string // growth: the name of the case compared with
	bound   float64
	atLeast bool // the figure has to reach the bound; otherwise stay within
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
		return fmt.Sprintf("memory a session %s %.0f KiB", sign, t.bound/1024)
	case handshake:
		return fmt.Sprintf("CPU of the handshake %s %.2f × %s", sign, t.bound, t.against)
	}
	return fmt.Sprintf("CPU %s %.2f × that of case %s", sign, t.bound, t.base)
}
