package bus

import (
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// A Join is what an agent needs to know to take part in the runs of a coordinator with an
// embedded server: the text of --join.
type Join struct {
	Address     string // host and port
	Token       Token  // the zero value if the text has none
	Fingerprint string // SHA-256 of the server's certificate, in hex; "" trusts any, since the messages are sealed
}

const joinScheme = "smtpgauge"

// String is the text of a join, with its token: smtpgauge://TOKEN@HOST:PORT/FINGERPRINT.
func (j Join) String() string {
	u := url.URL{Scheme: joinScheme, Host: j.Address, Path: j.Fingerprint} // which escapes the zone of an address
	if j.Token != (Token{}) {
		u.User = url.User(j.Token.secret)
	}
	return u.String()
}

// ParseJoin reads the text of a join. The error does not repeat the token.
func ParseJoin(text string) (Join, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != joinScheme || u.RawQuery != "" || u.Fragment != "" {
		return Join{}, errors.New("want smtpgauge://TOKEN@HOST:PORT/FINGERPRINT, as the coordinator prints it")
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil || host == "" || port == "" {
		return Join{}, errors.New("want HOST:PORT after the @ of smtpgauge://TOKEN@HOST:PORT/FINGERPRINT") // what stands there may be the token
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 1<<16-1 {
		return Join{}, errors.New("the port is no number from 1 to 65535")
	}
	if _, set := u.User.Password(); set {
		return Join{}, errors.New("what follows a colon is no part of the token: in a URL, write a colon of the token as %3A")
	}
	j := Join{Address: u.Host, Fingerprint: strings.ToLower(strings.Trim(u.Path, "/"))}
	if user := u.User.Username(); user != "" {
		if j.Token, err = ParseToken(user); err != nil {
			return Join{}, err
		}
	}
	if b, err := hex.DecodeString(j.Fingerprint); err != nil || len(b) != 32 && len(b) != 0 {
		return Join{}, errors.New("the fingerprint of a certificate is 64 hex digits")
	}
	return j, nil
}
