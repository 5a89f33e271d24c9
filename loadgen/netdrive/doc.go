// Package netdrive moves the bytes of many connections and says when they left and
// arrived. It knows nothing of SMTP.
//
// # The way through
//
// [New] makes a [Driver] for the calling goroutine. [Driver.Dial] begins a
// connection ([Conn]) for a [Handler]. Then the goroutine calls [Driver.Wait] in a
// loop. The driver reports everything that happens on a connection by a call of
// its Handler, from inside Wait or from inside the Conn's method that caused it.
// So what is built on a Driver has one thread and needs no locks.
//
// On Linux a Driver is one epoll loop on a locked thread, for plain and TLS
// connections alike. If the machine permits io_uring, that reads the connections that
// never begin TLS (package uring). The handshake runs in a coroutine that the loop resumes when
// bytes arrive, and after it crypto/tls is fed without blocking. Arrival times are
// the kernel's receive stamps (SO_TIMESTAMPNS in socket(7)). On other systems, and
// in tests in virtual time, [NewPortable] moves the bytes by goroutines, and the
// arrival times are those of the user clock.
//
// # What holds
//
//   - An address that is neither [Local] nor permitted is never connected to:
//     the Handler gets a [*StrangerError].
//   - What arrived before a connection broke is delivered before the error.
//   - An [Arrival] says whether its time is the kernel's or the user clock's.
//   - A connection that was closed reports nothing any more.
package netdrive
