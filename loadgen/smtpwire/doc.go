// Package smtpwire is an SMTP and LMTP client as a state machine without I/O (RFC
// 5321, RFC 2033): reply bytes go in, command bytes and timed phases come out. It
// never reads a clock, opens a socket or starts a goroutine. So an epoll loop,
// goroutines and a fuzzer can drive the same code.
//
// # The way through
//
// The driver of a [Client] looks at [Client.State] and does what it asks for:
//
//	c.Start(options, credentials)
//	c.Established(now)                     // after connecting, or the implicit handshake
//	for c.State() != smtpwire.Ended {
//		n := write(c.Pending())            // as long as there is any
//		c.Sent(n, before)                  // the time just before the write
//		c.Receive(read())                  // the bytes, and the kernel's stamp
//		handle(c.Events())
//		switch c.State() {
//		case smtpwire.Handshake:           // do it, then c.Secured()
//		case smtpwire.Ready:               // c.Send(&transaction), or c.Quit()
//		}
//	}
//
// [Client.Events] returns what happened: how long each phase took, what failed, and
// what became of each message.
//
// # What holds
//
// Whatever a server sends:
//
//   - Every [Client.Send] leads to exactly one [MessageEnded].
//   - [Ended] is final. A failure before the session is [Ready], a 421, bytes that
//     are no reply, and [Client.Lost] all lead there, without a QUIT: the session
//     did not go well, and a timed QUIT would look as if it had.
//   - A rejected message does not end the session. If the server still has a
//     transaction open, the client sends RSET. Then it is Ready again.
//   - No text that an event or [Client.Hello] returns has one of the [Secrets] in it.
//   - Nothing grows beyond the bounds of [Options].
//
// A successful transaction allocates nothing once the client's buffers have their
// size.
package smtpwire
