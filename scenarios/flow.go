package scenarios

import (
	"errors"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A flow is one kind of traffic, with everything that it inherits.
type flow struct {
	section
	port     int
	tls      sample.TLSMode
	target   target
	load     load
	session  session
	message  message
	envelope envelope
	auth     auth
	timeouts loadgen.Timeouts
	expect   expectation
}

var flowShape = object[flow]{
	name: "flow",
	fields: []field[flow]{
		opt("port", count(1, 65535), func(f *flow) *int { return &f.port },
			"The TCP port. With target.host sink, the port that the built-in server stands for."),
		opt("tls", tlsMode, func(f *flow) *sample.TLSMode { return &f.tls },
			"When sessions turn to TLS. If left out: none on 25, implicit on 465, starttls on 587 and 2525, none for LMTP and sockets; any other port needs it. With starttls, a server that does not offer STARTTLS is an error, and nothing is sent in clear."),
		opt("target", targetShape, func(f *flow) *target { return &f.target },
			"The server to load, if it differs from the scenario's target."),
		opt("load", loadShape, func(f *flow) *load { return &f.load },
			"How much is sent, and when: a closed load (sessions) or an open one (rate or stages)."),
		opt("session", sessionShape, func(f *flow) *session { return &f.session },
			"What each connection does.").defaultTo("{}"),
		opt("message", messageShape, func(f *flow) *message { return &f.message },
			"What is sent.").defaultTo("{}"),
		opt("envelope", envelopeShape, func(f *flow) *envelope { return &f.envelope },
			"From whom and to whom messages go.").defaultTo("{}"),
		opt("auth", authShape, func(f *flow) *auth { return &f.auth },
			"Who authenticates, and how. If left out, nobody does."),
		opt("timeouts", timeoutsShape, func(f *flow) *loadgen.Timeouts { return &f.timeouts },
			"How long to wait for the server.").defaultTo("{}"),
		opt("expect", expectShape, func(f *flow) *expectation { return &f.expect },
			"Rejections that are wanted, as of unknown recipients. If left out, none is."),
	},
	check: checkFlow,
}

// tlsMode is the shape of a TLS mode. It tells those who only say whether to use TLS
// that there are two ways.
var tlsMode = literal[sample.TLSMode]{
	want: modes.want, tags: modes.tags, schema: modes.schema,
	parse: func(text string) (sample.TLSMode, error) {
		switch text {
		case "true", "yes", "on", "required":
			return 0, errors.New("say how: starttls is usual on 25, 587 and 2525, implicit on 465")
		case "false", "no", "off":
			return 0, errors.New("say none")
		case "ssl", "smtps", "tls":
			return 0, errors.New("say implicit for TLS from the first byte, or starttls")
		}
		return modes.parse(text)
	},
}

var modes = namesOf(sample.TLSNone, sample.TLSStart, sample.TLSImplicit)

func checkFlow(d *decoder, f *flow) {
	onSocket := f.target.has("socket")
	if !f.has("port") && !onSocket && !f.unsure {
		d.Faultf(f.node.At, "port is missing: 25, 465, 587 or 2525, or another one together with tls")
	}
	if !f.has("load") && !f.unsure {
		d.Faultf(f.node.At, "load is missing: say load: {sessions: 10, duration: 30s}, or {rate: 50 sessions/s, duration: 30s}")
	}
	if !f.has("target") {
		d.Faultf(f.node.At, "the target is missing: say target: {host: NAME}, or {host: sink} for the built-in server")
	}
	if f.has("port") && onSocket {
		d.Faultf(f.at("port"), "a socket has no port: leave out one of the two")
	}
	if f.has("tls") {
		return
	}
	mode, usual := sample.UsualTLS(f.port)
	switch {
	case onSocket || f.target.lmtp:
		mode = sample.TLSNone
	case !usual && f.port != 0:
		d.Faultf(f.at("port"), "no TLS mode is usual on port %d: say tls: none, starttls or implicit", f.port)
		return
	}
	f.fill("tls", tree.Word(f.node.At, mode.String()))
	f.tls = mode
}

var timeoutsShape = object[loadgen.Timeouts]{
	name:    "timeouts",
	example: "{command: 30s, body: 60s}",
	fields: []field[loadgen.Timeouts]{
		opt("connect", duration(time.Millisecond), func(t *loadgen.Timeouts) *time.Duration { return &t.Connect },
			"For the connection to be established. The addresses of a name share this time: if one does not answer within its part, the next is tried.").defaultTo("5s"),
		opt("tls", duration(time.Millisecond), func(t *loadgen.Timeouts) *time.Duration { return &t.TLS },
			"For the TLS handshake.").defaultTo("5s"),
		opt("command", duration(time.Millisecond), func(t *loadgen.Timeouts) *time.Duration { return &t.Command },
			"For the banner and each reply before the final dot.").defaultTo("30s"),
		opt("body", duration(time.Millisecond), func(t *loadgen.Timeouts) *time.Duration { return &t.Body },
			"For the reply to the final dot.").defaultTo("60s"),
	},
}

// An expectation says which rejections are wanted.
type expectation struct {
	section
	rejected []sample.Class // NoClass stands for any
	at       []sample.Phase
}

var expectShape = object[expectation]{
	name:    "expect",
	example: "{rejected: recipient-unknown}",
	fields: []field[expectation]{
		opt("rejected", oneOrMore[sample.Class](rejectionClass, sample.NumClasses), func(e *expectation) *[]sample.Class { return &e.rejected },
			"The classes of rejections that are wanted, or any. They are counted apart, and are no errors. If none comes, the run has failed.").mandatory(),
		opt("at", oneOrMore[sample.Phase](namesOf(sample.Mail, sample.Rcpt, sample.Data, sample.Body), 4), func(e *expectation) *[]sample.Phase { return &e.at },
			"Only rejections in these phases are wanted. If left out, those in every phase of a message."),
	},
	check: func(d *decoder, e *expectation) {
		for _, c := range e.rejected {
			if c == sample.NoClass && len(e.rejected) > 1 {
				d.Faultf(e.section.at("rejected"), "any has all classes in it: leave the others out")
				return
			}
		}
	},
}

// rejectionClass is the shape of a class that a server's answer to a message may have.
var rejectionClass = oneWord(
	choice[sample.Class]{"any", sample.NoClass},
	classNamed(sample.StartTLSMissing), classNamed(sample.AuthMissing), classNamed(sample.Busy), classNamed(sample.Throttled),
	classNamed(sample.Greylisted), classNamed(sample.RecipientUnknown), classNamed(sample.RelayDenied), classNamed(sample.TooBig),
	classNamed(sample.Policy), classNamed(sample.TempFail), classNamed(sample.PermFail),
)

func classNamed(c sample.Class) choice[sample.Class] { return choice[sample.Class]{c.String(), c} }

// resolved returns the expectation as loadgen has it.
func (e *expectation) resolved() sample.Expectation {
	switch {
	case len(e.rejected) == 0:
		return sample.Expectation{}
	case e.rejected[0] == sample.NoClass:
		return sample.Expect(nil, e.at...)
	}
	return sample.Expect(e.rejected, e.at...)
}
