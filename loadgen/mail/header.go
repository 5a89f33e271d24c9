package mail

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// nowhere is the domain of addresses that nobody can answer (RFC 2606).
const nowhere = "smtpgauge.invalid"

// appendIdentity appends the fields that differ from message to message. Servers drop
// mail whose Message-ID they have seen, so it has the number of the message, the seed
// of the flow, and the date to the nanosecond, which differs from run to run.
func (s *Source) appendIdentity(head []byte, seq uint64, date time.Time) []byte {
	head = append(head, "Date: "...)
	head = s.date.append(head, date)
	head = append(head, "\r\nMessage-ID: <"...)
	head = strconv.AppendUint(head, uint64(date.UnixNano()), 36)
	head = append(head, '.')
	head = strconv.AppendUint(head, s.seed, 36)
	head = append(head, '.')
	head = strconv.AppendUint(head, seq, 36)
	return append(head, "@"+nowhere+">\r\n"...)
}

// appendHeader appends the rest of a synthetic message's header, with the empty line
// after it. The field To names the first recipient only, as if the others came from
// Bcc. Otherwise many recipients would be larger than the message.
func (l *letter) appendHeader(head []byte, seq uint64, t *smtpwire.Transaction) []byte {
	if !l.given["from"] {
		if len(t.From) == 0 {
			head = append(head, "From: <mailer-daemon@"+nowhere+">\r\n"...)
		} else {
			head = appendAddressField(head, "From: <", t.From)
		}
	}
	if !l.given["to"] {
		head = appendRecipient(head, t.To[0])
	}
	if !l.given["subject"] {
		h := draw(l.seed, subjectStream, seq, 0)
		head = append(head, "Subject: "...)
		head = append(head, l.subjects[below(h, uint64(len(l.subjects)))]...)
		head = append(head, "\r\n"...)
	}
	return append(head, l.formFor(t).common...)
}

// appendRecipient appends the field To. An address in a header has a domain, so
// postmaster is written as a group without members (RFC 5322, 3.4).
func appendRecipient(head, addr []byte) []byte {
	if isPostmaster(addr) {
		return append(append(append(head, "To: "...), addr...), ":;\r\n"...)
	}
	return appendAddressField(head, "To: <", addr)
}

func appendAddressField(head []byte, field string, addr []byte) []byte {
	head = append(head, field...)
	head = append(head, addr...)
	return append(head, ">\r\n"...)
}

// appendGiven appends the fields of Options.Header in alphabetic order, and returns
// the set of their names in lower case.
func appendGiven(head []byte, fields map[string]string) ([]byte, map[string]bool, error) {
	given := make(map[string]bool, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if err := checkField(name, value); err != nil {
			return nil, nil, &OptionError{OptionHeader, err}
		}
		if given[strings.ToLower(name)] {
			return nil, nil, OptionHeader.faultf("%s is given twice", name)
		}
		given[strings.ToLower(name)] = true
		head = append(head, name+": "+value+"\r\n"...)
	}
	return head, given, nil
}

func checkField(name, value string) error {
	lower := strings.ToLower(name)
	switch {
	case lower == "date", lower == "message-id", lower == "mime-version", strings.HasPrefix(lower, "content-"):
		return fmt.Errorf("%s is set for each message and cannot be given", name)
	case !isFieldName(name):
		return fmt.Errorf("%q is no field name; letters, digits and hyphens make one", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r > '~' }):
		return fmt.Errorf("%s has a character that is not printable ASCII; write it as an encoded word (RFC 2047)", name)
	case len(name)+len(": ")+len(value) > 998: // RFC 5322, 2.1.1
		return fmt.Errorf("%s has %d octets; a line may have 998", name, len(name)+len(": ")+len(value))
	}
	return nil
}

// isFieldName allows less than RFC 5322, 3.6.8. There a name may begin with a dot,
// but the lines of a header here are not dot-stuffed.
func isFieldName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !isLetterDigit(r) && r != '-' && r != '_' })
}
