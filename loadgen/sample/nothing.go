package sample

import (
	"net/netip"
	"time"
)

// Nothing is a [Recorder] that keeps nothing. If your Recorder is for a few kinds
// of samples, embed Nothing in it and write the methods for those kinds alone.
// Such a Recorder also goes on to compile when Recorder gets one more method.
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

// Unfinished does nothing.
func (Nothing) Unfinished(Series, time.Duration) {}

// Unstamped does nothing.
func (Nothing) Unstamped(Series) {}

// Reach does nothing.
func (Nothing) Reach(Series) {}

// Message does nothing.
func (Nothing) Message(Series, Outcome, Stage, int, int) {}

// Expected does nothing.
func (Nothing) Expected(Series) {}

// Unknown does nothing.
func (Nothing) Unknown(Series, int) {}

// Session does nothing.
func (Nothing) Session(Series, SessionEvent) {}

// Greeting does nothing.
func (Nothing) Greeting(Series, netip.Addr, *Greeting) {}

// Visits does nothing.
func (Nothing) Visits(Series, netip.Addr, Visits) {}

// Failure does nothing.
func (Nothing) Failure(Series, *Failure) {}

// Window does nothing.
func (Nothing) Window(Series, Instant, Instant) {}

// Tick does nothing.
func (Nothing) Tick(Tick) {}
