// Package smtpsink is the built-in SMTP server, on go-smtp. It takes mail on any number of
// ports, counts it, and throws it away.
//
// [Start] opens all listeners of a [Config] and serves until [Server.Close]. It makes a
// certificate authority of its own, so that TLS works without any file: clients trust
// [Server.CAPEM].
//
// The sink often shares a machine with the generator, so it does as little as it can: it
// logs nothing and keeps no message.
package smtpsink
