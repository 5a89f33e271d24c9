package watch

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// guard keeps other sites' pages out. A site may make its own name point to this machine
// (DNS rebinding), and its page may then read what is served here, if a request is
// answered that has its name. listensOn is the host that the user gave.
func guard(listensOn string, next http.Handler) http.Handler {
	policy := page.LivePolicy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !isOurs(r.Host, listensOn) {
			http.Error(w, "this server is not known by that name: open the page by the machine's IP address", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isOurs tells whether a Host header names this server: by an address, as this machine,
// or as the user did.
func isOurs(header, listensOn string) bool {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host != "" && host == strings.ToLower(listensOn)
}
