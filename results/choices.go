package results

import (
	"fmt"
	"strconv"
)

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

// alike tells whether two flows differ in nothing but their choices. It is
// false if that is not known.
func (h *FlowHeader) alike(to *FlowHeader) bool {
	return h.SaysChoices() && to.SaysChoices() && h.Rest != "" && h.Rest == to.Rest
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
	if !h.SaysChoices() {
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

func (h *FlowHeader) octets() string {
	if h.SizeP99 > 0 {
		return fmt.Sprintf("%d to %d B", h.SizeMedian, h.SizeP99)
	}
	return fmt.Sprintf("%d B", h.SizeMedian)
}
