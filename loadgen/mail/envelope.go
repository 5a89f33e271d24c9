package mail

import (
	"errors"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// An envelope fills in the addresses of messages.
type envelope struct {
	seed       uint64
	from       *Pattern // nil for the null path
	to         []*Pattern
	recipients int
	rows       [][]string
	ascii      bool // no address can have anything beyond
}

const maxRecipients = 100_000

// bind checks the envelope's options and keeps them.
func (e *envelope) bind(o *Options) error {
	e.seed, e.recipients, e.ascii = o.Seed, max(o.Recipients, 1), true
	if o.Columns != nil {
		e.rows = o.Columns.Rows
	}
	var faults []error
	bind := func(option Option, text string) *Pattern {
		p, err := bindPattern(text, o.Columns)
		if err != nil {
			faults = append(faults, &OptionError{option, err})
			return nil
		}
		e.ascii = e.ascii && p.ascii
		return p
	}
	if o.From != "" {
		e.from = bind(OptionFrom, o.From)
	}
	if isPostmaster(o.From) {
		faults = append(faults, OptionFrom.faultf("postmaster without a domain is for recipients alone"))
	}
	for _, text := range o.To {
		e.to = append(e.to, bind(OptionTo, text))
	}
	if len(o.To) == 0 {
		faults = append(faults, OptionTo.faultf("no address; one at least is needed"))
	}
	if o.Recipients < 0 || o.Recipients > maxRecipients {
		faults = append(faults, OptionRecipients.faultf("%d; 1 to %d would be right", o.Recipients, maxRecipients))
	}
	return errors.Join(faults...)
}

func bindPattern(text string, t *Table) (*Pattern, error) {
	p, err := ParsePattern(text)
	if err != nil {
		return nil, err
	}
	if _, err := p.Domains(t); err != nil {
		return nil, err
	}
	return p.bind(t)
}

// fill writes the addresses of message seq over those that t has.
func (e *envelope) fill(seq uint64, t *smtpwire.Transaction) {
	var row []string
	if len(e.rows) > 0 {
		row = e.rows[seq%uint64(len(e.rows))]
	}
	t.From = t.From[:0]
	if e.from != nil {
		t.From = e.from.append(t.From, e.seed, seq, 0, row)
	}
	t.To = slices.Grow(t.To[:0], e.recipients)[:e.recipients]
	for i := range t.To {
		p := e.to[(seq+uint64(i))%uint64(len(e.to))]
		t.To[i] = p.append(t.To[i][:0], e.seed, seq, uint64(i)+1, row)
	}
	t.UTF8 = !e.ascii && e.needsUTF8(t)
}

// needsUTF8 tells whether an address needs SMTPUTF8 (RFC 6531). If only its domain
// does, the address gets a form that does not.
func (e *envelope) needsUTF8(t *smtpwire.Transaction) bool {
	t.From = withALabels(t.From)
	for i := range t.To {
		t.To[i] = withALabels(t.To[i])
	}
	return !isASCII(t.From) || !allASCII(t.To)
}

func allASCII(addrs [][]byte) bool {
	for _, a := range addrs {
		if !isASCII(a) {
			return false
		}
	}
	return true
}
