// Package smtpsink is the built-in SMTP server: it takes mail on any set of
// ports, throws the content away while counting it, and is built on go-smtp.
//
// [Start] opens every listener of a [Config] and serves until [Server.Close].
// A certificate authority is made on the spot, so that TLS works without any
// file: clients trust [Server.CAPEM].
//
// The sink measures nothing and decides nothing about load. It shares a
// machine with a generator, so it does as little as it can: nothing is logged
// and no message is kept.
package smtpsink
