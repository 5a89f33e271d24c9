package smtpwire

import "bytes"

// classify says why the server said no in phase p: its code, its enhanced code
// where there was one, and the text behind them. CONTRACT.md has the table.
//
// Enhanced codes decide before basic codes. The text decides where a class is
// about nothing else, that a rate or greylisting is the reason, and where
// there is no enhanced code to say which recipient or relay was meant.
func classify(p Phase, code int, e EnhancedCode, text []byte) Class {
	var buf [maxText]byte
	said := lower(buf[:0], text)
	switch {
	case code == 421:
		return Busy
	case code == 530:
		if says(said, tlsWords) {
			return StartTLSMissing
		}
		return AuthMissing
	case code == 535, code >= 500 && p == Auth:
		return AuthRejected
	case code < 500:
		return temporary(p, code, e, said)
	}
	return permanent(p, code, e, said)
}

func temporary(p Phase, code int, e EnhancedCode, said []byte) Class {
	held := p == Rcpt && (code == 450 || code == 451)
	switch {
	case held && says(said, greylistWords):
		return Greylisted
	case e == EnhancedCode{4, 3, 2}, e == EnhancedCode{4, 4, 5}, e == EnhancedCode{4, 7, 28}, says(said, rateWords):
		return Throttled
	case held && e == EnhancedCode{4, 7, 1}:
		return Greylisted
	case e == EnhancedCode{4, 3, 4}:
		return TooBig
	case e[1] == 7:
		return Policy
	}
	return TempFail
}

func permanent(p Phase, code int, e EnhancedCode, said []byte) Class {
	none := e[0] == 0
	switch {
	case e == EnhancedCode{5, 3, 4}, e == EnhancedCode{5, 2, 3}:
		return TooBig
	case p == Rcpt && e[1] == 1:
		return RecipientUnknown
	case p == Rcpt && e == EnhancedCode{5, 7, 1}:
		return RelayDenied
	case e[1] == 7:
		return Policy
	case code == 552 && e[1] != 2 && e[1] != 5:
		// 5.2.2 is a mailbox that is full, 5.5.3 too many recipients.
		return TooBig
	case p == Rcpt && none && says(said, relayWords):
		return RelayDenied
	case p == Rcpt && none && says(said, unknownWords):
		return RecipientUnknown
	}
	return PermFail
}

// The words are those of servers in use, in lower case.
var (
	tlsWords      = []string{"tls", "encrypt"}
	greylistWords = []string{"greylist", "graylist", "grey-list", "gray-list", "grey list", "gray list"}
	rateWords     = []string{
		"rate limit", "ratelimit", "rate-limit", "throttl", "too many connections",
		"too many concurrent", "too many messages", "too many sessions", "too much mail",
		"too fast", "too frequent", "connection limit", "connection rate", "message rate",
		"sending rate", "unusual rate", "at a rate", "exceeded the rate", "concurrency limit",
		"simultaneous connections",
	}
	relayWords   = []string{"relay"}
	unknownWords = []string{
		"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
		"unknown recipient", "recipient unknown", "unrouteable address", "unroutable address",
		"does not exist", "user not found", "mailbox not found", "unknown mailbox", "mailbox unknown",
		"invalid mailbox", "no mailbox here",
	}
)

func says(text []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}

// lower appends text in lower case. Line ends become spaces, for phrases go on
// over them.
func lower(dst, text []byte) []byte {
	for _, b := range text {
		switch {
		case 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		case b == '\n':
			b = ' '
		}
		dst = append(dst, b)
	}
	return dst
}
