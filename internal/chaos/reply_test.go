package chaos

import (
	"bytes"
	"fmt"
	"strings"
)

// A reply is what the server means to say.
type reply struct {
	code  int
	lines []string
}

func (r reply) String() string {
	var b strings.Builder
	for i, line := range r.lines {
		mark := "-"
		if i == len(r.lines)-1 {
			mark = " "
		}
		fmt.Fprintf(&b, "%03d%s%s\r\n", r.code, mark, line)
	}
	return b.String()
}

// refusals are replies of servers in use, and some that no server sends.
var refusals = []reply{
	{550, []string{"5.1.1 no such user"}}, {550, []string{"#5.1.0 Address rejected."}}, {550, []string{"5.7.606-649 Access denied"}},
	{450, []string{"4.7.1 greylisted, come back later"}}, {451, []string{"4.3.0 try again"}}, {452, []string{"4.5.3 too many recipients"}},
	{421, []string{"4.7.0 too many connections"}}, {552, []string{"5.3.4 too big"}}, {554, []string{"5.7.1 relaying denied"}},
	{535, []string{"5.7.8 authentication failed"}}, {454, []string{"4.7.0 not available"}}, {530, []string{"5.7.0 must issue a STARTTLS command first"}},
	{499, []string{""}}, {599, []string{"", "", ""}}, {500, []string{"9.9.9 no", "x"}}, {432, []string{"4.7.12 a transition is needed"}},
}

// verdict returns the reply to the next command of a verb: yes, unless the plan refuses it.
func (d *dialogue) verdict(verb string, code int, lines ...string) reply {
	for _, f := range d.plan.at(verb, d.replies[verb]+1) {
		if f.kind == refuse {
			return refusals[f.form%len(refusals)]
		}
	}
	return reply{code, lines}
}

// say replies to a command as the plan says.
func (d *dialogue) say(verb string, r reply) error {
	d.replies[verb]++
	faults := d.plan.at(verb, d.replies[verb])
	if d.owedReplies > 0 {
		d.owedReplies--
		return nil
	}
	for _, f := range faults { // first those that change the text
		switch f.kind {
		case echo:
			r.lines = d.confide(f.form, r.lines)
		case odd:
			r.lines = append([]string{"\x00\x07\x1b]0;owned\x07\u202e\xff\xfe\t::error::x <script> @team #1 |"}, r.lines...)
		}
	}
	text := []byte(r.String())
	for _, f := range faults {
		if !kinds[f.kind].fair {
			d.spoil()
		}
		var err error
		if text, err = d.alter(f, r, text); err != nil {
			return err
		}
	}
	if _, err := d.out.Write(text); err != nil {
		return err
	}
	if r.code == 421 {
		return errOver
	}
	return nil
}

// confide puts a secret into a reply, in one of several forms, or the client's last line as
// it came.
func (d *dialogue) confide(form int, lines []string) []string {
	if form%7 == 0 {
		return []string{"5.5.2 " + d.lastLine + " was not understood: " + d.lastLine}
	}
	return d.server.secrets.confide(form, lines)
}

// alter does to a reply what a fault says. It returns the octets that are still to be sent.
func (d *dialogue) alter(f fault, r reply, text []byte) ([]byte, error) {
	switch f.kind {
	case bare:
		return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), nil
	case trickle:
		return nil, d.trickle(text)
	case recode:
		r.code = []int{0, 100, 150, 199, 200, 250, 251, 252, 299, 220, 221, 235, 300, 334, 354, 399, 421, 550, 600, 666, 999}[f.form%21]
		return []byte(r.String()), nil
	case mixed:
		return fmt.Appendf(nil, "%03d-so\r\n%03d not so\r\n", r.code, []int{250, 354, 421, 451, 550, 600}[f.form%6]), nil
	case junk:
		return garbage(f.form), nil
	case overlong:
		return fmt.Appendf(nil, "%03d %s\r\n", r.code, strings.Repeat("x", 2000+f.form)), nil
	case flood:
		return append(bytes.Repeat(fmt.Appendf(nil, "%03d-more\r\n", r.code), 1+f.form%20_000), text...), nil
	case missing:
		return nil, nil
	case twice:
		for range 1 + f.form%3 {
			text = append(text, []reply{r, {250, []string{"2.0.0 ok"}}, {550, []string{"5.0.0 no"}}, {354, []string{"go on"}}}[f.form/4%4].String()...)
		}
		return text, nil
	case early:
		d.owedReplies++
		return append(text, []reply{{250, []string{"2.0.0 ok"}}, {354, []string{"go on"}}, {554, []string{"5.0.0 no"}}, {221, []string{"bye"}}}[f.form%4].String()...), nil
	case goodbye:
		return append([]byte("421 4.3.2 going down\r\n"), text...), nil
	case deaf:
		_, err := d.in.Discard(d.in.Buffered())
		return text, err
	case endless:
		return nil, d.endless(r.code)
	case challenge:
		return d.challenge(f.form), nil
	case stall, frozen, hangup, slam, half:
		_, _ = d.out.Write(text[:f.form%max(1, len(text))]) // an error does not matter: the connection is cut next
		_ = d.flush()
		return nil, d.wire.cut(f.kind)
	}
	if kinds[f.kind].place == atRecord && d.records != nil {
		if err := d.flush(); err != nil {
			return nil, err
		}
		d.garbled = true
		return text, d.records.misbehave(f)
	}
	return text, nil
}

// trickle sends one octet in each segment, if the system does not join them.
func (d *dialogue) trickle(text []byte) error {
	for _, b := range text {
		if err := d.out.WriteByte(b); err != nil {
			return err
		}
		if err := d.flush(); err != nil {
			return err
		}
	}
	return nil
}

// endless sends a line without an end, until the client is gone or 16 MiB are sent.
func (d *dialogue) endless(code int) error {
	fmt.Fprintf(d.out, "%03d ", code)
	for range 1 << 10 {
		if _, err := d.out.Write(bytes.Repeat([]byte("endless "), 1<<11)); err != nil {
			return err
		}
	}
	return d.wire.cut(hangup)
}
