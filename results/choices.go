package results

import (
	"fmt"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
)

// choose says what a flow is set apart by beside port, TLS and AUTH.
func (h *FlowHeader) choose(f *loadgen.Flow) {
	h.Messages, h.Recipients = f.Session.Messages, max(1, f.Mail.Recipients)
	h.Pipelining = f.Session.Wire.Pipelining.String()
	var octets mail.Size
	h.Size, octets = sizeOf(&f.Mail)
	h.SizeMedian, h.SizeP99 = octets.Median, octets.P99
}

// sizeOf tells the size of a flow's messages in short, and in octets: none of
// stored messages.
func sizeOf(o *mail.Options) (short string, octets mail.Size) {
	if len(o.Files) > 0 {
		return "files", mail.Size{}
	}
	octets = o.Size.Resolved()
	short = humanBytes(octets.Median)
	if octets.P99 > octets.Median {
		short += " to " + humanBytes(octets.P99)
	} else {
		octets.P99 = 0 // as without it
	}
	return short, octets
}

// The names of choices, in the order of a table's columns.
const (
	choicePort       = "port"
	choiceTLS        = "TLS"
	choiceAuth       = "AUTH"
	choiceReuse      = "reuse"
	choicePipelining = "pipelining"
	choiceSize       = "size"
	choiceRecipients = "recipients"
)

var choiceNames = []string{choicePort, choiceTLS, choiceAuth, choiceReuse, choicePipelining, choiceSize, choiceRecipients}

// told tells whether the run file says how a flow chose beside port, TLS and
// AUTH.
func (h *FlowHeader) told() bool { return h.Pipelining != "" }

// alike tells whether two flows differ in nothing but their choices. It is
// false if that is not known.
func (h *FlowHeader) alike(to *FlowHeader) bool {
	return h.told() && to.told() && h.Rest != "" && h.Rest == to.Rest
}

// choice says in short how a flow chose.
func (h *FlowHeader) choice(name string) string {
	switch name {
	case choicePort:
		if h.Unix {
			return "unix"
		}
		return strconv.Itoa(h.Port)
	case choiceTLS:
		return h.TLS
	case choiceAuth:
		if h.Auth == "" {
			return "none"
		}
		return h.Auth
	}
	if !h.told() {
		return noSamples
	}
	switch name {
	case choiceReuse:
		if h.Messages == 0 {
			return "all"
		}
		return humanCount(int64(h.Messages))
	case choicePipelining:
		return h.Pipelining
	case choiceSize:
		return h.Size
	}
	return humanCount(int64(h.Recipients))
}

// A Change is a choice in which two flows differ.
type Change struct {
	Choice string `json:"choice"` // port, TLS, AUTH, reuse, pipelining, size or recipients
	From   string `json:"from"`
	To     string `json:"to"`
}

// changes are the choices in which to differs from h. It is false where the
// flows differ in more than their choices, or do not say.
func (h *FlowHeader) changes(to *FlowHeader) (list []Change, ok bool) {
	for _, name := range choiceNames {
		if was, is, same := h.change(to, name); !same {
			list = append(list, Change{name, was, is})
		}
	}
	return list, h.alike(to)
}

// change says how two flows chose. Sizes that are the same in short, and are
// not, are told in octets.
func (h *FlowHeader) change(to *FlowHeader, name string) (was, is string, same bool) {
	was, is = h.choice(name), to.choice(name)
	if name == choiceSize && was == is && h.otherOctets(to) {
		return h.octets(), to.octets(), false
	}
	return was, is, was == is
}

// otherOctets tells whether two flows have messages of other sizes. Files of
// earlier versions do not say the octets: with them it is false.
func (h *FlowHeader) otherOctets(to *FlowHeader) bool {
	return h.SizeMedian > 0 && to.SizeMedian > 0 && (h.SizeMedian != to.SizeMedian || h.SizeP99 != to.SizeP99)
}

func (h *FlowHeader) octets() string {
	if h.SizeP99 > 0 {
		return fmt.Sprintf("%d to %d B", h.SizeMedian, h.SizeP99)
	}
	return fmt.Sprintf("%d B", h.SizeMedian)
}

// sameFlow tells whether two headers are of one flow, whichever versions wrote
// them: what an earlier one does not say sets none apart.
func sameFlow(a, b FlowHeader) bool {
	if a.otherOctets(&b) {
		return false
	}
	a.SizeMedian, a.SizeP99, b.SizeMedian, b.SizeP99 = 0, 0, 0, 0
	return a == b
}
