// Package integration runs the real command against real mail servers: Debian's
// Postfix on the four ports, Dovecot's LMTP on a Unix socket, and Postfix's
// smtp-sink; and has runs scraped by Debian's Prometheus. Nothing in it is
// compiled without the build tag "integration", and it is run by
//
//	make integration
//
// which installs what is missing, builds the command and needs root, because
// Postfix does. Each server is started by the test that needs it, under a
// private configuration in a temporary folder and on loopback only; the
// system's own configuration is neither read nor written.
//
// What the tests hold the command to is the server's own word: the messages
// Postfix logged as queued have to be those the command counts as accepted, and
// what Prometheus has stored in the end is what the command prints.
package integration
