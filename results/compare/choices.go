package compare

import (
	"fmt"
	"strconv"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The names of choices.
const (
	ChoicePort       = "port"
	ChoiceTLS        = "TLS"
	ChoiceAuth       = "AUTH"
	ChoiceReuse      = "reuse"
	ChoicePipelining = "pipelining"
	choiceSize       = "size"
	choiceRecipients = "recipients"
)

// ChoiceNames are the names of all choices, in the order of a table's columns.
var ChoiceNames = []string{ChoicePort, ChoiceTLS, ChoiceAuth, ChoiceReuse, ChoicePipelining, choiceSize, choiceRecipients}

// differInChoicesOnly tells whether two flows are alike apart from their choices. It
// is false if that is not known.
func differInChoicesOnly(h, to *record.FlowHeader) bool {
	return h.HasChoices() && to.HasChoices() && h.Fingerprint != "" && h.Fingerprint == to.Fingerprint
}

// ChoiceOf writes in short how a flow chose.
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

// changesOf are the choices in which to differs from h. It is false if the flows
// differ in more than their choices, or if that is not known.
func changesOf(h, to *record.FlowHeader) (list []Change, ok bool) {
	for _, name := range ChoiceNames {
		if was, is, same := ChangeOf(h, to, name); !same {
			list = append(list, Change{name, was, is})
		}
	}
	return list, differInChoicesOnly(h, to)
}

// ChangeOf writes how two flows chose, and tells whether they chose the same. Sizes
// that differ and look the same in short are written in octets.
func ChangeOf(h, to *record.FlowHeader, name string) (was, is string, same bool) {
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
