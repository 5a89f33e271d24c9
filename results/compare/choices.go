package compare

import (
	"fmt"
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The names of choices, in the order of a table's columns.
const (
	ChoicePort       = "port"
	ChoiceTLS        = "TLS"
	ChoiceAuth       = "AUTH"
	ChoiceReuse      = "reuse"
	ChoicePipelining = "pipelining"
	choiceSize       = "size"
	choiceRecipients = "recipients"
)

var ChoiceNames = []string{ChoicePort, ChoiceTLS, ChoiceAuth, ChoiceReuse, ChoicePipelining, choiceSize, choiceRecipients}

// alike tells whether two flows differ in nothing but their choices. It is
// false if that is not known.
func alike(h *record.FlowHeader, to *record.FlowHeader) bool {
	return h.HasChoices() && to.HasChoices() && h.Fingerprint != "" && h.Fingerprint == to.Fingerprint
}

// choice says in short how a flow chose.
func ChoiceOf(h *record.FlowHeader, name string) string {
	switch name {
	case ChoicePort:
		if h.Unix {
			return "unix"
		}
		return strconv.Itoa(h.Port)
	case ChoiceTLS:
		return h.TLS
	case ChoiceAuth:
		if h.Auth == "" {
			return "none"
		}
		return h.Auth
	}
	if !h.HasChoices() {
		return human.NoSamples
	}
	switch name {
	case ChoiceReuse:
		if h.Messages == 0 {
			return "all"
		}
		return human.Count(int64(h.Messages))
	case ChoicePipelining:
		return h.Pipelining
	case choiceSize:
		return h.Size
	}
	return human.Count(int64(h.Recipients))
}

// A Change is a choice in which two flows differ.
type Change struct {
	Choice string `json:"choice"` // port, TLS, AUTH, reuse, pipelining, size or recipients
	From   string `json:"from"`
	To     string `json:"to"`
}

// changes are the choices in which to differs from h. It is false where the
// flows differ in more than their choices, or do not say.
func changesOf(h *record.FlowHeader, to *record.FlowHeader) (list []Change, ok bool) {
	for _, name := range ChoiceNames {
		if was, is, same := ChangeOf(h, to, name); !same {
			list = append(list, Change{name, was, is})
		}
	}
	return list, alike(h, to)
}

// change says how two flows chose. Sizes that are the same in short, and are
// not, are told in octets.
func ChangeOf(h *record.FlowHeader, to *record.FlowHeader, name string) (was, is string, same bool) {
	was, is = ChoiceOf(h, name), ChoiceOf(to, name)
	if name == choiceSize && was == is && h.DiffersInSize(to) {
		return octetsText(h), octetsText(to), false
	}
	return was, is, was == is
}

func octetsText(h *record.FlowHeader) string {
	if h.SizeP99 > 0 {
		return fmt.Sprintf("%d to %d B", h.SizeMedian, h.SizeP99)
	}
	return fmt.Sprintf("%d B", h.SizeMedian)
}
