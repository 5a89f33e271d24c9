package listening

import (
	"fmt"
	"net"
	"strconv"
)

// ParseAddress reads "HOST:PORT", ":PORT" or "PORT". The host defaults to 127.0.0.1:
// other machines can connect only if the address says so. The error says what is wrong with the text.
func ParseAddress(text string) (string, error) {
	host, port := "", text
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", fmt.Errorf("want [HOST]:PORT, such as :9464 or 0.0.0.0:9464")
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("port %q: want a number from 0, which takes a free one, to 65535", port)
	} else if port = strconv.FormatUint(n, 10); host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
