// Package clock says how far the clock of another machine is from this one's, how fast
// the two drift apart, and how wrong both statements can be. It has no clock and does no
// I/O: whoever asks the other machine what time it is adds the four timestamps of each
// [Exchange] to a [Track], and asks the track.
//
//	var t clock.Track
//	t.Add(clock.Exchange{Sent: t1, Received: t2, Answered: t3, Returned: t4})
//	r, ok := t.At(now)              // the offset now, and its error
//	begin, e, ok := t.There(start)  // an agreed time on the other machine's clock
//
// # What the error means
//
// The other clock's true offset is within Error of Offset, whatever the delays were.
// The request's delay and the answer's are never negative, so one exchange bounds the
// offset by half its round trip, and no statistics can do better than that if the way
// there and the way back differ (Cristian, Probabilistic clock synchronization,
// Distributed Computing 3, 1989; RFC 5905, section 8). Many exchanges bound it from
// both sides: the truth is in all of their intervals at once (Marzullo, Maintaining the
// time in a distributed system, 1984). The clocks drift apart meanwhile, so the intervals
// are intersected along every straight line of at most [MaxDrift] that passes through all
// of them (as in Moon, Skelly and Towsley, Estimation and removal of clock skew from
// network delay measurements, INFOCOM 1999). No clock runs at quite the same rate for
// long: the interval of an exchange grows by [Wander] a second with its distance in time.
// An error is never below half of the smallest round trip that was kept.
//
// # What holds
//
//   - If the clocks drift by MaxDrift at most, and that changes by Wander at most,
//     the truth is within the error.
//   - A clock that is set, on either side, contradicts what was measured before, if the
//     step is larger than the error: then what was measured before is forgotten, and the
//     step is kept (see Track.Steps). A smaller one shows nowhere. It can put the truth
//     outside the error, by half the step at the most, until what was measured before it
//     is forgotten.
//   - The timestamps are the other machine's word. A machine that lies can claim any
//     offset; it cannot make a track grow or panic.
package clock
