package results

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// choose says what a flow is set apart by beside port, TLS and AUTH.
func (h *FlowHeader) choose(f *loadgen.Flow) {
	h.Messages, h.Recipients = f.Session.Messages, max(1, f.Mail.Recipients)
	h.Pipelining = map[smtpwire.Switch]string{
		smtpwire.Auto: "auto", smtpwire.On: "on", smtpwire.Off: "off",
	}[f.Session.Wire.Pipelining]
	h.Size = sizeOf(&f.Mail)
	h.Rest = restOf(f)
}

// sizeOf tells the size of a flow's messages in short.
func sizeOf(o *mail.Options) string {
	switch {
	case len(o.Files) > 0:
		return "files"
	case o.Size == mail.Size{}:
		return humanBytes(4 << 10) // as mail.Size says
	case o.Size.P99 > o.Size.Median:
		return humanBytes(o.Size.Median) + " to " + humanBytes(o.Size.P99)
	}
	return humanBytes(o.Size.Median)
}

// restOf is a fingerprint of all that a flow does beside what stands in its
// header by itself. Two flows with the same one differ in nothing else, so that
// what lies between their figures is the work of what they differ in. Accounts
// and seeds, which flows have of their own, are no part of it.
func restOf(f *loadgen.Flow) string {
	type content struct {
		Name string
		Size int64
	}
	rest := struct {
		Network, Host string
		Family        loadgen.Family
		Wire          smtpwire.Options
		Think         string
		Load          loadgen.Load
		From          string
		To            []string
		Columns       *mail.Table
		Contents      []content
		Header        map[string]string
		UTF8          bool
		Timeouts      loadgen.Timeouts
	}{
		Network: f.Target.Network, Host: f.Target.Host, Family: f.Target.Family, Wire: f.Session.Wire,
		Think: f.Session.Think.String(), Load: f.Load, From: f.Mail.From, To: f.Mail.To, Columns: f.Mail.Columns,
		Header: f.Mail.Header, UTF8: f.Mail.UTF8, Timeouts: f.Timeouts,
	}
	rest.Wire.TLS, rest.Wire.Pipelining = 0, 0
	for _, file := range f.Mail.Files {
		rest.Contents = append(rest.Contents, content{file.Name, int64(len(file.Data))})
	}
	for _, a := range f.Mail.Attach {
		rest.Contents = append(rest.Contents, content{a.Name + " " + a.Type, a.Size + int64(len(a.Data))})
	}
	b, err := json.Marshal(rest)
	if err != nil {
		return "" // a rate that is no number: such a flow is like no other
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
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

// told tells whether the run file says all that a flow is set apart by.
func (h *FlowHeader) told() bool { return h.Rest != "" }

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
		if was, is := h.choice(name), to.choice(name); was != is {
			list = append(list, Change{name, was, is})
		}
	}
	return list, h.told() && h.Rest == to.Rest
}
