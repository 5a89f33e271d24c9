package chaos

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
)

// A dialogue is one session of a server. It does as the RFCs say, except where its plan has
// faults. All its replies go through the plan.
type dialogue struct {
	server      *server
	plan        *plan
	wire        *wire
	conn        net.Conn // the wire, or TLS on it
	records     *records // under TLS 1.3
	in          *bufio.Reader
	out         *bufio.Writer
	yeses       yesCounter
	replies     map[string]int // replies so far, by verb
	owedReplies int            // replies that were sent before their command came
	lastLine    string         // of the client
	secured     bool

	mail   bool // a transaction is open
	rcpts  int  // accepted in it
	spoilt bool // a chunk of it was refused

	fair           bool // every fault so far was of a fair kind
	garbled        bool // there were odd records, after which TLS may be over
	denied         bool // the transaction is refused as a whole
	refusedRcpts   int  // recipients refused in it
	unsentRefusals int  // refusals of a whole transaction that have not left

	taken, refused, granted int // see counts
}

// errOver ends a dialogue that came to an end in good order.
var errOver = errors.New("over")

func newDialogue(s *server, c *net.TCPConn, p *plan) *dialogue {
	d := &dialogue{server: s, plan: p, replies: map[string]int{}, fair: true}
	d.wire = &wire{TCPConn: c, plan: p, over: s.over, spoil: d.spoil, yeses: &d.yeses}
	if p.narrow {
		_ = c.SetReadBuffer(4096)
	}
	d.speak(d.wire)
	return d
}

// speak goes on over a connection.
func (d *dialogue) speak(c net.Conn) {
	d.conn = c
	d.in = bufio.NewReader(c)
	d.out = bufio.NewWriterSize(c, 1<<15)
}

// spoil notes that from here on it is unknown how a client understands what it reads.
func (d *dialogue) spoil() { d.fair, d.yeses.open = false, true }

// run goes through the session to its end.
func (d *dialogue) run() {
	if d.server.tls == "implicit" && d.secure() != nil {
		return
	}
	err := d.say("banner", d.verdict("banner", 220, "chaos.example.test ESMTP"))
	for err == nil {
		var line string
		if line, err = d.line(); err == nil {
			err = d.command(line)
		}
	}
	if !errors.Is(err, errCut) {
		_ = d.flush() // the client may have gone
		d.bye()
	}
}

// bye closes the connection. It sends a close_notify before, unless the plan is rude.
func (d *dialogue) bye() {
	switch {
	case d.plan.rude:
		d.wire.Close()
	case d.records != nil:
		_ = d.records.send(alertRecord, []byte{1, 0})
		d.wire.Close()
	default:
		d.conn.Close()
	}
}

// line reads a command. If none has arrived, it first sends all replies, because the client
// may wait for them.
func (d *dialogue) line() (string, error) {
	if d.in.Buffered() == 0 {
		if err := d.flush(); err != nil {
			return "", err
		}
	}
	line, err := d.in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return "", err
	}
	d.lastLine = strings.TrimRight(string(line), "\r\n")
	return d.lastLine, nil
}

// flush sends the replies that were written.
func (d *dialogue) flush() error {
	if err := d.out.Flush(); err != nil {
		return err
	}
	d.refused += d.unsentRefusals
	d.unsentRefusals = 0
	return nil
}

func (d *dialogue) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb = strings.ToLower(verb); verb {
	case "ehlo", "lhlo", "helo":
		return d.say("ehlo", d.verdict("ehlo", 250, append([]string{"chaos.example.test"}, d.offer()...)...))
	case "starttls":
		return d.starttls()
	case "auth":
		return d.auth(rest)
	case "mail", "rcpt":
		return d.address(verb)
	case "data":
		return d.data()
	case "bdat":
		return d.bdat(rest)
	case "rset":
		d.forget()
		return d.say(verb, d.verdict(verb, 250, "2.0.0 forgotten"))
	case "quit":
		if err := d.say(verb, d.verdict(verb, 221, "2.0.0 bye")); err != nil {
			return err
		}
		return errOver
	}
	return d.say(verb, reply{500, []string{"5.5.2 what is " + verb + "?"}})
}

// offer returns what the plan offers. STARTTLS is left out if the server has another mode.
func (d *dialogue) offer() []string {
	var list []string
	for _, line := range d.plan.offer {
		if strings.HasPrefix(strings.ToUpper(line), "STARTTLS") && d.server.tls != "starttls" {
			continue
		}
		list = append(list, line)
	}
	return list
}

func (d *dialogue) starttls() error {
	r := d.verdict("starttls", 220, "2.0.0 ready")
	if d.server.tls != "starttls" || d.secured {
		r = reply{503, []string{"5.5.1 not now"}}
	}
	if err := d.say("starttls", r); err != nil || r.code != 220 {
		return err
	}
	if _, planned := d.plan.with(inject); planned {
		d.spoil()
		d.out.WriteString("250-injected.example.test\r\n250 PIPELINING\r\n235 2.7.0 you are in\r\n")
	}
	if err := d.flush(); err != nil {
		return err
	}
	return d.secure()
}

// secure makes the handshake, and takes over the records that are sent after it.
func (d *dialogue) secure() error {
	if f, planned := d.plan.with(noHandshake); planned {
		d.spoil()
		_ = d.wire.say(garbage(f.form)) // an error does not matter: the connection is cut next
		return d.wire.cut([]kind{hangup, slam, half, stall}[f.form/16%4])
	}
	d.wire.yeses = nil
	var log keyLog
	c := tls.Server(d.wire, serverTLS(d.plan, &log))
	if err := c.Handshake(); err != nil {
		d.wire.Close()
		return errCut
	}
	d.secured = true
	d.forget()
	d.speak(c)
	var to io.Writer = c
	if c.ConnectionState().CipherSuite == tls.TLS_AES_128_GCM_SHA256 {
		r, err := newRecords(d.wire, log.secret)
		if err != nil {
			return err
		}
		d.records, to = r, r
	}
	d.out.Reset(countingWriter{to, &d.yeses})
	return nil
}

// address answers MAIL and RCPT.
func (d *dialogue) address(verb string) error {
	r := d.verdict(verb, 250, "2.1.0 ok")
	switch {
	case verb == "mail" && d.mail, verb == "rcpt" && !d.mail:
		r = reply{503, []string{"5.5.1 not now"}}
	case r.code != 250:
	case verb == "mail":
		d.mail = true
	default:
		d.rcpts++
	}
	err := d.say(verb, r)
	if verb == "mail" {
		d.denied, d.refusedRcpts = false, 0
	}
	if r.code >= 400 && r.code != 503 && err != errCut {
		if verb == "rcpt" {
			d.refusedRcpts++
		}
		if verb == "mail" || r.code == 421 || d.refusedRcpts == d.server.rcpts {
			d.deny()
		}
	}
	return err
}

// deny notes that the transaction is refused as a whole, if the client can know that.
func (d *dialogue) deny() {
	if d.fair && !d.garbled && !d.denied {
		d.unsentRefusals++
	}
	d.denied = true
}

// forget ends a transaction.
func (d *dialogue) forget() { d.mail, d.rcpts, d.spoilt = false, 0, false }

// refuseHastily refuses a message before all of it has come, if the plan says so.
func (d *dialogue) refuseHastily() error {
	for _, f := range d.plan.at("body", d.replies["body"]+1) {
		if f.kind != hasty {
			continue
		}
		if _, err := io.CopyN(io.Discard, d.in, int64(f.form%800)); err != nil {
			return err
		}
		if err := d.say("hasty", refusals[f.form%len(refusals)]); err != nil && !errors.Is(err, errOver) {
			return err
		}
		if d.server.rcpts == 1 || !d.server.lmtp {
			d.deny()
		}
		if err := d.flush(); err != nil {
			return err
		}
		return d.wire.cut([]kind{slam, hangup}[f.form/800%2])
	}
	return nil
}

func (d *dialogue) data() error {
	r := d.verdict("data", 354, "go on")
	if d.rcpts == 0 {
		r = reply{503, []string{"5.5.1 nobody to send it to"}}
	}
	err := d.say("data", r)
	if r.code != 354 && r.code != 503 && err != errCut {
		d.deny()
	}
	if err != nil || r.code != 354 {
		return err
	}
	if err := d.flush(); err != nil {
		return err
	}
	if err := d.refuseHastily(); err != nil {
		return err
	}
	for whole := true; ; {
		line, err := d.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if whole && string(line) == ".\r\n" {
			return d.body()
		}
		whole = err == nil
	}
}

func (d *dialogue) bdat(rest string) error {
	size, last := strings.CutSuffix(strings.ToUpper(rest), " LAST")
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 {
		return d.say("chunk", reply{501, []string{"5.5.4 how many?"}})
	}
	if f, planned := d.plan.with(unreadied); planned {
		d.spoil()
		return d.say("chunk", reply{500 + f.form%5, []string{"5.5.1 BDAT?"}})
	}
	if n > 800 && d.rcpts > 0 && !d.spoilt {
		if err := d.refuseHastily(); err != nil {
			return err
		}
	}
	if _, err := io.CopyN(io.Discard, d.in, n); err != nil {
		return err
	}
	switch {
	case d.rcpts == 0 || d.spoilt:
		return d.say("chunk", reply{503, []string{"5.5.1 not now"}})
	case last:
		return d.body()
	}
	r := d.verdict("chunk", 250, "2.0.0 more")
	d.spoilt = r.code != 250
	err = d.say("chunk", r)
	if d.spoilt && err != errCut {
		d.deny()
	}
	return err
}

// body answers a complete message: once, or in LMTP once for each recipient.
func (d *dialogue) body() error {
	n := 1
	if d.server.lmtp {
		n = d.rcpts
	}
	d.forget()
	yes := false
	var err error
	for ; n > 0 && err == nil; n-- {
		r := d.verdict("body", 250, "2.0.0 queued")
		err = d.say("body", r)
		if r.code != 250 || yes {
			continue
		}
		yes = true
		d.granted++
		if d.fair { // even if the reply was cut off: then the client must count it as unknown
			d.taken++
		}
	}
	if !yes && (n == 0 && err != errCut) {
		d.deny()
	}
	return err
}
