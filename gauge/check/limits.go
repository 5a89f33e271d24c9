package check

import (
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// limits holds what EHLO announces against what the flow does: SIZE (RFC 1870), and
// LIMITS (RFC 9422).
func (l *look) limits() {
	offered := offerIn(l.walk.Offers())
	if limit := offered.number("SIZE"); limit >= l.walk.Largest {
		l.ok(Size, "SIZE is %s, and no message of the flow is over %s octets", human.Count(limit), human.Count(l.walk.Largest))
	}
	if !offered.has("LIMITS") {
		return
	}
	f := l.flow
	within := true
	for _, limit := range []struct {
		name string
		has  int
		what string
		do   string
	}{
		{"MAILMAX", f.Session.Messages, "messages in a session", wordsOf(l.plan).pick("session.messages", "--per-session of quick")},
		{"RCPTMAX", max(1, f.Mail.Recipients), "recipients of a message", "envelope.recipients"},
	} {
		most, announced := offered.limits()[limit.name]
		if !announced || int64(limit.has) <= most && limit.has != 0 {
			continue
		}
		within = false
		has := strconv.Itoa(limit.has)
		if limit.has == 0 {
			has = "any number of"
		}
		l.add(Warning, AnnouncedLimit, "set "+limit.do+" to "+strconv.FormatInt(most, 10)+" or fewer", "LIMITS has %s=%d, and the flow has %s %s", limit.name, most, has, limit.what)
	}
	if within {
		l.ok(AnnouncedLimit, "LIMITS has %s, and the flow keeps to it", strings.Join(offered["LIMITS"], " "))
	}
}

// limits returns what LIMITS says, by name in upper case.
func (o offer) limits() map[string]int64 {
	all := map[string]int64{}
	for _, a := range o["LIMITS"] {
		name, value, _ := strings.Cut(a, "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n > 0 {
			all[name] = n
		}
	}
	return all
}
