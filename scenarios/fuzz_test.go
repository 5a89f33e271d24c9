package scenarios

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Quantities with a unit are within bounds, and the loader accepts what the schema
// accepts.
func FuzzUnits(f *testing.F) {
	for _, text := range []string{
		"250ms", "1h30m", "0.5s", "720h", "1e9s", "-1s", "9999999999h", "1.5µs", "512B", "20KiB", "2MB", "1 GiB", "0.0000001KB", "1" + strings.Repeat("0", 400) + "B",
		"200 sessions/s", "30000 messages/min", "0 message/h", "1.5sessions/s", "NaN sessions/s", "Inf messages/s", "5 messages/day", "12", "", " ", "0x10B",
	} {
		f.Add(text)
	}
	patterns := map[string]*regexp.Regexp{}
	for _, p := range []string{criteria.DurationPattern, criteria.SizePattern, ratePattern} {
		patterns[p] = regexp.MustCompile(p)
	}
	length, size := duration(0).(literal[time.Duration]), octets(1).(literal[int64])
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := length.parse(text); err == nil && (v < 0 || v > maxDuration || !patterns[criteria.DurationPattern].MatchString(text)) {
			t.Errorf("%q is the duration %v", text, v)
		}
		if v, err := size.parse(text); err == nil && (v < 1 || v > maxSize || !patterns[criteria.SizePattern].MatchString(text)) {
			t.Errorf("%q is the size %d", text, v)
		}
		v, err := arrivalRate.parse(text)
		if r := float64(v.pace); err == nil && (!(r >= 0 && r <= criteria.MaxRate) || !v.known || !patterns[ratePattern].MatchString(text)) {
			t.Errorf("%q is the rate %v", text, r)
		}
	})
}

// No password stands in anything that is shown of a scenario, whether it is valid or
// not, and whatever way the password comes in.
func FuzzSecret(f *testing.F) {
	before := []string{"username: u, password: ", "token: ", "username: u, mechanism: XOAUTH2, password: ", "accounts: a.csv, password: ", "password: "}
	for _, password := range []string{
		"correct-horse", "a$$b${c}d", "${env:SECRET", "*anchor*", "!tag!tag!", "'quoted'", "back\\slash", "{a: b, c: d}", "\x00\r\nx\u202e", "ünïcödé", "- - - -", "&&&&&&",
	} {
		for i := range before {
			f.Add(password, uint8(i))
		}
	}
	_, unknown := Parse("base.yaml", []byte(base), testOptions("flows.relay.auth={username: u, password: '${env:SECRET}'}"))
	plain, err := Parse("base.yaml", []byte(base), testOptions("flows.relay.auth={username: u, password: '${env:SMTP_PASSWORD}'}"))
	if unknown == nil || err != nil {
		f.Fatalf("a secret that is not there: %v; one that is: %v", unknown, err)
	}
	shown := unknown.Error() + string(plain.plan.Scenario) + "'${env:SECRET}'"
	f.Fuzz(func(t *testing.T, password string, where uint8) {
		// Text that is shown anyway, or that may be a word of a message, cannot be
		// looked for.
		if len(password) < 5 || strings.Contains(shown, password) || !strings.ContainsAny(password, "0123456789$*!{&\\\x00") {
			return
		}
		show := func(how string, s *Scenario, err error) {
			if err == nil && strings.Contains(string(s.plan.Scenario), password) {
				t.Errorf("%s: the resolved scenario shows it: %s", how, s.plan.Scenario)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("%s: a fault shows it: %v", how, err)
			}
		}
		o := testOptions("flows.relay.auth={username: u, password: '${env:SECRET}'}")
		o.LookupEnv = func(name string) (string, bool) { return password, name == "SECRET" }
		s, err := Parse("base.yaml", []byte(base), o)
		show("by a variable", s, err)
		quoted := "'" + strings.ReplaceAll(password, "'", "''") + "'"
		s, err = Parse("base.yaml", []byte(base), testOptions("flows.relay.auth={"+before[int(where)%len(before)]+quoted+"}"))
		show("in the file", s, err)
	})
}
