// Package wire finds out from captured segments when each SMTP command left and each reply arrived.
// It is the independent half of "make truth": it knows nothing of the generator, reads SMTP and TLS
// records by itself, and shares no code with what it checks.
//
// A capture is a pcap file of frames ([Writer], [Reader]). [Parse] makes a [Segment] of each frame.
// An [Analysis] takes the segments in the order of their times, and gives a [Distribution] for every
// phase. What left is timed when the client's host sent it, and what arrived when the client's host
// received it. The loopback device shows two copies of each segment; the capture chooses the right
// one.
//
// Under TLS the contents are hidden. Phases are recognized by turns: who speaks, how often, and for
// two commands how long they are. This works for TLS 1.3 in lockstep, without client certificates and
// without AUTH, and for nothing else.
package wire
