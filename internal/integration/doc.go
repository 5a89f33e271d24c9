// Package integration runs the real command against real mail servers: Debian's Postfix on
// the four ports, Dovecot's LMTP on a Unix socket, and Postfix's smtp-sink. Debian's
// Prometheus scrapes some of the runs. The tests have the build tag "integration". To run
// them:
//
//	make integration
//
// This installs what is missing and builds the command. It needs root, because Postfix
// does. Each test starts the servers that it needs, on loopback only, with a configuration
// in a temporary folder. It neither reads nor writes the configuration of the system.
//
// The tests compare the command with what the servers say: it must count as accepted the
// messages that Postfix logged as queued, and it must print what Prometheus has stored at
// the end. smtpgauge check must find the one thing that is wrong with a Postfix in which one
// thing is.
//
// Fleets are processes too: agents are killed and stopped, and so is their coordinator. They
// also meet at NATS servers of their own, one of which is killed. Nothing of what they measured
// may be lost or counted twice.
package integration
