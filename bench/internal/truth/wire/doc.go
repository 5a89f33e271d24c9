// Package wire works out of captured segments alone when each SMTP command
// left and each reply arrived. It is the independent half of "make truth":
// it knows nothing of the generator, has its own small reading of SMTP and of
// TLS records, and shares no code with what it checks.
//
// A capture is a pcap file (Writer, Reader) of frames; Parse makes a Segment
// of each, an Analysis takes them in the order of their times and gives a
// Distribution for every phase. What left is timed as the client's host sent
// it, what arrived as the client's host received it; which of the two copies
// the loopback device shows is kept is the capture's business.
//
// Under TLS the contents are hidden and phases are told by turns: who speaks,
// how often, and for two commands how long. That holds for TLS 1.3 without
// client certificates or AUTH, in lockstep, and nothing else is claimed.
package wire
