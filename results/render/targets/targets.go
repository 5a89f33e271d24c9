package targets

import (
	"fmt"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// The bounds of the lines about targets. A run may have a thousand flows, and servers
// may have names of any length.
const (
	maxTargets  = 6
	maxListed   = 4  // ports, addresses or kinds of TLS in a line
	bannerWidth = 56 // columns
	nameWidth   = 40
)

// A loaded is a server that flows loaded, on one port or several.
type loaded struct {
	host      string
	banner    string // without what changes from session to session; "" if there was no greeting
	greeting  *tally.Greeting
	ports     []int
	addresses []string
	tls       []securedAs
}

// A securedAs is what TLS came to, and on which of the ports.
type securedAs struct {
	*tally.Security
	ports []int
}

// Lines are what was loaded, a line for each server. Flows that share a server
// share its line. at is when, which a certificate may be too old for.
func Lines(targets iter.Seq2[string, *figures.Target], at time.Time) []string {
	var list []*loaded
	lasting := map[string]string{} // of a thousand flows, most have the same banner
	for _, t := range targets {
		if len(t.Greetings.List) == 0 && t.Host != "" {
			list = loadedBy(list, t, &tally.Greeting{Address: t.Address}, "")
		}
		for i := range t.Greetings.List {
			g := &t.Greetings.List[i]
			banner, known := lasting[g.Banner]
			if !known {
				banner = tally.LastingBanner(g.Banner)
				lasting[g.Banner] = banner
			}
			list = loadedBy(list, t, g, banner)
		}
	}
	var lines []string
	for _, l := range list[:min(len(list), maxTargets)] {
		lines = append(lines, l.text(at))
	}
	if n := len(list) - maxTargets; n > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", human.CountOf(int64(n), "server")))
	}
	return given(lines)
}

// loadedBy adds what a server said to a flow. banner is what lasts of g's.
func loadedBy(list []*loaded, t *figures.Target, g *tally.Greeting, banner string) []*loaded {
	i := slices.IndexFunc(list, func(l *loaded) bool {
		return l.host == t.Host && l.banner == banner && l.greeting.Name == g.Name && (t.Port == 0) == (l.ports[0] == 0)
	})
	if i < 0 {
		list = append(list, &loaded{host: t.Host, banner: banner, greeting: g})
		i = len(list) - 1
	}
	l := list[i]
	l.ports = with(l.ports, t.Port)
	if g.Address != "" {
		l.addresses = with(l.addresses, g.Address)
	}
	if g.TLS == nil {
		return list
	}
	k := slices.IndexFunc(l.tls, func(s securedAs) bool { return s.Equal(g.TLS) })
	if k < 0 {
		l.tls = append(l.tls, securedAs{Security: g.TLS})
		k = len(l.tls) - 1
	}
	l.tls[k].ports = with(l.tls[k].ports, t.Port)
	return list
}

// with is a list with a value, once.
func with[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// text is a server in one line: where it is, what it said, and how it was spoken to.
func (l *loaded) text(at time.Time) string {
	parts := []string{l.place()}
	if l.greeting.Banner != "" {
		parts = append(parts, "220 "+clipped(l.greeting.Banner, bannerWidth))
	}
	if name := l.otherName(); name != "" {
		parts = append(parts, "EHLO "+clipped(name, nameWidth))
	}
	for i, s := range l.tls {
		if i == maxListed {
			parts = append(parts, fmt.Sprintf("TLS in %d more ways", len(l.tls)-maxListed))
			break
		}
		parts = append(parts, s.text(len(s.ports) < len(l.ports)))
		if i+1 == len(l.tls) || !s.Certificate.Equal(l.tls[i+1].Certificate) {
			parts = append(parts, certificateText(s.Certificate, at))
		}
	}
	return strings.Join(given(parts), " · ")
}

// otherName is the name that the server gives itself in EHLO, if it gives another one
// in the banner. Some begin with a word such as Hello, where a domain should be (RFC
// 5321, section 4.1.1.1).
func (l *loaded) otherName() string {
	first, _, _ := strings.Cut(l.greeting.Banner, " ")
	if name := l.greeting.Name; strings.ContainsAny(name, ".[") && !strings.EqualFold(name, first) {
		return name
	}
	return ""
}

// place is host, ports and addresses: "mail.example.test:25, 587 at 192.0.2.1".
func (l *loaded) place() string {
	text := clipped(l.host, nameWidth)
	if l.ports[0] != 0 {
		text = net.JoinHostPort(text, listed(l.ports, strconv.Itoa))
		if l.host == "" {
			text = "port " + text[1:]
		}
	}
	if _, err := netip.ParseAddr(l.host); err != nil && len(l.addresses) > 0 {
		text += " at " + listed(l.addresses, func(a string) string { return clipped(a, nameWidth) })
	}
	return text
}

// text is a kind of TLS: "TLS 1.3 AES-128-GCM, X25519".
func (s *securedAs) text(onSome bool) string {
	text := "TLS " + clipped(s.Version, nameWidth) + " " + clipped(cipherText(s.Cipher), nameWidth)
	if s.Group != "" {
		text += ", " + clipped(s.Group, nameWidth)
	}
	if onSome {
		text += " (" + listed(s.ports, strconv.Itoa) + ")"
	}
	return text
}

// cipherText is a cipher suite in short: what encrypts, and before TLS 1.3 also who
// signs, without the hash.
func cipherText(name string) string {
	name, ok := strings.CutPrefix(name, "TLS_")
	if !ok {
		return name
	}
	for _, hash := range []string{"_SHA256", "_SHA384"} {
		if !strings.Contains(name, "_CBC_") {
			name = strings.TrimSuffix(name, hash)
		}
	}
	exchange, cipher, old := strings.Cut(name, "_WITH_")
	if old {
		name = exchange + " " + cipher
	}
	return strings.ReplaceAll(name, "_", "-")
}

// certificateText is a certificate in short; "" for none.
func certificateText(c *tally.Certificate, at time.Time) string {
	if c == nil {
		return ""
	}
	text := "certificate"
	if c.Subject != "" {
		text += " " + clipped(c.Subject, nameWidth)
	}
	day := c.NotAfter.UTC().Format(time.DateOnly)
	if c.NotAfter.Before(at) {
		return text + " EXPIRED on " + day
	}
	return text + " until " + day
}

// clipped is a text that others wrote, cut to a width.
func clipped(text string, width int) string { return table.Clip(printable.Text(text), width) }

// listed is a list of few: "25, 465, 587, 2525 and 3 more".
func listed[T any](list []T, text func(T) string) string {
	var texts []string
	for _, v := range list[:min(len(list), maxListed)] {
		texts = append(texts, text(v))
	}
	all := strings.Join(texts, ", ")
	if n := len(list) - maxListed; n > 0 {
		all += fmt.Sprintf(" and %d more", n)
	}
	return all
}

// given leaves out empty texts.
func given(texts []string) []string {
	return slices.DeleteFunc(texts, func(t string) bool { return t == "" })
}
