package sample

import (
	"net/netip"
	"time"
)

// Nothing is a Recorder that keeps nothing. A Recorder of your own that wants
// a few of the samples embeds it, and has the methods for those alone.
type Nothing struct{}

var _ Recorder = Nothing{}

// Service does nothing.
func (Nothing) Service(Series, Phase, time.Duration) {}

// Response does nothing.
func (Nothing) Response(Series, Phase, time.Duration) {}

// Lag does nothing.
func (Nothing) Lag(Series, Phase, time.Duration) {}

// Late does nothing.
func (Nothing) Late(Series, time.Duration) {}

// Delay does nothing.
func (Nothing) Delay(Series, time.Duration) {}

// Own does nothing.
func (Nothing) Own(Series, time.Duration) {}

// Unstamped does nothing.
func (Nothing) Unstamped(Series) {}

// Message does nothing.
func (Nothing) Message(Series, Outcome, Stage, int, int) {}

// Unknown does nothing.
func (Nothing) Unknown(Series, int) {}

// Session does nothing.
func (Nothing) Session(Series, SessionEvent) {}

// Greeting does nothing.
func (Nothing) Greeting(Series, netip.Addr, *Greeting) {}

// Failure does nothing.
func (Nothing) Failure(Series, *Failure) {}

// Window does nothing.
func (Nothing) Window(Series, Instant, Instant) {}

// Tick does nothing.
func (Nothing) Tick(Tick) {}
