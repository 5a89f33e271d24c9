package smtpwire

import (
	"bytes"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// classify returns why the server said no in phase p. code is the reply's, e its
// enhanced code if it had one, and text is what follows. docs/figures.md has the table
// of classes.
//
// Enhanced codes decide before basic codes. But servers use 5.7.1 and 4.7.1 for
// everything that they refuse. So relaying and greylisting are found by the text, if
// it speaks of them. At RCPT many servers refuse the client or the sender, which they
// have known for longer. That is no class of recipients.
func classify(p sample.Phase, code int, e sample.EnhancedCode, text []byte) sample.Class {
	var buf [maxText]byte
	said := plainWords(buf[:0], text)
	switch {
	case code == 421:
		return sample.Busy
	case code == 530:
		if containsAny(said, tlsWords) {
			return sample.StartTLSMissing
		}
		return sample.AuthMissing
	case code == 535, code >= 500 && p == sample.Auth:
		return sample.AuthRejected
	case code < 500:
		return temporary(p, code, e, said)
	}
	return permanent(p, code, e, said)
}

func temporary(p sample.Phase, code int, e sample.EnhancedCode, said []byte) sample.Class {
	deferred := (p == sample.Rcpt || p == sample.Body) && (code == 450 || code == 451)
	switch {
	case deferred && containsAny(said, greylistWords):
		return sample.Greylisted
	case e == sample.EnhancedCode{4, 3, 2}, e == sample.EnhancedCode{4, 7, 28}, containsAny(said, rateWords):
		return sample.Throttled
	case e == sample.EnhancedCode{4, 4, 5} && !containsAny(said, spaceWords):
		return sample.Throttled
	case deferred && e == sample.EnhancedCode{4, 7, 1} && containsAny(said, laterWords):
		return sample.Greylisted
	case e == sample.EnhancedCode{4, 3, 4}:
		return sample.TooBig
	case code == 454 && (p == sample.Auth || p == sample.StartTLS):
		return sample.TempFail // RFC 3207 section 4, RFC 4954 section 6
	case e[1] == 7:
		return sample.Policy
	}
	return sample.TempFail
}

func permanent(p sample.Phase, code int, e sample.EnhancedCode, said []byte) sample.Class {
	vague := e[0] == 0 || e == sample.EnhancedCode{5, 0, 0}
	sender := e == sample.EnhancedCode{5, 1, 7} || e == sample.EnhancedCode{5, 1, 8} || containsAny(said, senderWords)
	switch {
	case e == sample.EnhancedCode{5, 3, 4}, e == sample.EnhancedCode{5, 2, 3}:
		return sample.TooBig
	case p == sample.Rcpt && containsAny(said, relayWords) && !containsAny(said, otherRelays):
		return sample.RelayDenied
	case p == sample.Rcpt && e[1] == 1 && !sender:
		return sample.RecipientUnknown
	case e[1] == 7:
		return sample.Policy
	case code == 552 && e[1] != 2 && e[1] != 5:
		// 5.2.2 is a mailbox that is full, 5.5.3 too many recipients.
		return sample.TooBig
	case p == sample.Rcpt && vague && !sender && containsAny(said, unknownWords):
		return sample.RecipientUnknown
	}
	return sample.PermFail
}

// The words are those of servers in use. All are in lower case.
var (
	tlsWords      = []string{"tls", "encrypt", " ssl"}
	greylistWords = []string{"greylist", "graylist", "grey-list", "gray-list", "grey list", "gray list"}
	laterWords    = []string{
		"later", "come back", "try again", "try your", "retry", "wait", "again in", "another time",
	}
	rateWords = []string{
		"rate limit", "ratelimit", "rate-limit", "throttl", "too many connections",
		"too many concurrent", "too many messages", "too many sessions", "too much mail",
		"too fast", "too frequent", "too quickly", "too many recipients from", "too many auth",
		"too many login", "too many new tls", "too many emails", "too many mails",
		"connection limit", "connection rate", "connections exceeded", "number of connections",
		"concurrent connections", "simultaneous connections", "concurrency limit",
		"message rate", "sending rate", "unusual rate", "at a rate", "exceeded the rate",
		"sending limit", "sending quota", "hourly limit", "daily limit",
		"per second", "per minute", "per hour", "slow down",
	}
	spaceWords = []string{"disk", "space", "storage"}
	relayWords = []string{"relay", "rcpthosts"}
	// Texts with the word relay that do not refuse relaying: of a client on a block
	// list, and of Postfix's table of the recipients that it relays for.
	otherRelays = []string{"open relay", "open proxy", "relay recipient table"}
	senderWords = []string{
		"sender address rejected", "sender rejected", "sender denied", "sender verify failed",
		"sender verification failed", "sender domain", "domain of sender",
	}
	unknownWords = []string{
		"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
		"unknown recipient", "recipient unknown", "unrouteable address", "unroutable address",
		"does not exist", "user not found", "mailbox not found", "unknown mailbox", "mailbox unknown",
		"invalid mailbox", "no mailbox here", "invalid recipient", "recipient not found",
	}
)

func containsAny(text []byte, list []string) bool {
	for _, w := range list {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}

// plainWords appends text to dst, in lower case. Line ends become spaces, because a
// phrase may go over one. Addresses, hosts and links are left out: the name
// relay.example.test says nothing about relaying.
func plainWords(dst, text []byte) []byte {
	for len(text) > 0 {
		n := bytes.IndexAny(text, " \n<>()[]\",;'")
		if n < 0 {
			n = len(text)
		}
		if !isName(text[:n]) {
			for _, b := range text[:n] {
				if 'A' <= b && b <= 'Z' {
					b += 'a' - 'A'
				}
				dst = append(dst, b)
			}
		}
		if n == len(text) {
			break
		}
		b := text[n]
		if b == '\n' {
			b = ' '
		}
		dst, text = append(dst, b), text[n+1:]
	}
	return dst
}

// isName tells whether a word has an @, or a dot between two letters or digits.
func isName(word []byte) bool {
	for i, b := range word {
		if b == '@' || b == '.' && i > 0 && i+1 < len(word) && isAlnum(word[i-1]) && isAlnum(word[i+1]) {
			return true
		}
	}
	return false
}
