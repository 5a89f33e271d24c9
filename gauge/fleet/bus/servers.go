package bus

import (
	"errors"
	"fmt"
	neturl "net/url"
	"slices"
	"strconv"
	"strings"
)

// schemes are those of NATS servers. The last two are of websockets.
var schemes = []string{"nats", "tls", "ws", "wss"}

// CheckServers finds out what is wrong with the URLs of NATS servers, which would be tried again
// for ever otherwise. The error has no password.
func CheckServers(urls string) error {
	var websockets []bool
	for part := range strings.SplitSeq(urls, ",") {
		scheme, err := checkServer(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		websockets = append(websockets, strings.HasPrefix(scheme, "ws"))
	}
	if slices.Contains(websockets, true) && slices.Contains(websockets, false) {
		return errors.New("ws:// and wss:// are of websockets, and cannot be combined with other schemes")
	}
	return nil
}

// checkServer returns the scheme of a URL.
func checkServer(text string) (scheme string, err error) {
	if !strings.Contains(text, "://") {
		text = "nats://" + text
	}
	u, err := neturl.Parse(text)
	switch {
	case err != nil, u.Opaque != "", strings.Trim(u.Path, "/") != "", u.RawQuery != "", u.Fragment != "": // it may be the password that has these
		return "", errors.New("want SCHEME://HOST:PORT or SCHEME://USER:PASSWORD@HOST:PORT; in a password, write / as %2F, @ as %40, ? as %3F and # as %23")
	case !slices.Contains(schemes, u.Scheme):
		return "", fmt.Errorf("%s:// is no scheme of NATS servers: want one of %s://", u.Scheme, strings.Join(schemes, "://, "))
	case u.Hostname() == "":
		return "", errors.New("it names no host")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 1<<16-1 {
			return "", errors.New("the port is no number from 1 to 65535")
		}
	}
	return u.Scheme, nil
}

// WithoutPassword is a URL of NATS servers without what must not be shown.
func WithoutPassword(text string) string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		scheme, rest, found := strings.Cut(part, "://")
		if !found {
			scheme, rest = "nats", part
		}
		if at := strings.LastIndex(rest, "@"); at >= 0 {
			rest = rest[at+1:]
		}
		parts[i] = scheme + "://" + rest
	}
	return strings.Join(parts, ",")
}
