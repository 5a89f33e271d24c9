// Package foreign translates the words of other tools, and of everyday speech, into
// the names of options. Somebody who knows another load generator or mail client
// writes those words first.
package foreign

import "strings"

// Option returns the option that a word stands for; "" if the word is not known.
func Option(word string) string {
	return options[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(word))]
}

// options has the words in lower case, without hyphens and underscores.
var options = map[string]string{
	"user": "username", "login": "username", "account": "username",
	"pass": "password", "passwd": "password", "pwd": "password", "secret": "password",
	"method": "mechanism", "bearer": "token",

	"server": "host", "address": "host", "hostname": "host", "addr": "host",
	"ip": "family", "ipversion": "family", "sources": "source", "bind": "source", "localaddress": "source",
	"cafile": "ca", "cacert": "ca", "certificate": "cert", "certfile": "cert", "keyfile": "key",
	"sni": "server_name", "servername": "server_name", "skipverify": "insecure", "insecureskipverify": "insecure",
	"ssl": "tls", "starttls": "tls", "security": "tls", "encryption": "tls",

	"vus": "sessions", "connections": "sessions", "concurrency": "sessions", "clients": "sessions", "threads": "sessions", "workers": "sessions",
	"maxconnections": "max_sessions", "maxvus": "max_sessions", "rampup": "ramp",
	"count": "messages", "iterations": "messages", "time": "duration", "length": "duration",
	"delay": "think", "pause": "think", "sleep": "think", "helo": "hello", "ehlo": "hello", "pipeline": "pipelining",

	"sender": "from", "mailfrom": "from", "recipient": "to", "rcpt": "to", "rcptto": "to", "rcpts": "to",
	"headers": "header", "eml": "file", "corpus": "file", "files": "file", "attachment": "attachments", "bytes": "size",

	"limits": "thresholds", "slo": "thresholds", "goals": "thresholds", "scenarios": "flows", "repeat": "rounds", "iterate": "rounds",
}
