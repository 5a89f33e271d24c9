package record

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// A FlowHeader says what a flow is: its port, TLS and AUTH, its load, and its other
// choices.
type FlowHeader struct {
	Name string `json:"name"`
	Host string `json:"host,omitempty"` // as in the scenario; of a Unix socket, its path
	Port int    `json:"port,omitempty"`
	TLS  string `json:"tls"`            // none, starttls or implicit
	Auth string `json:"auth,omitempty"` // the mechanism, "auto" if the server's offers decide; "" without AUTH
	Unix bool   `json:"unix,omitempty"`
	Open bool   `json:"open"`           // the load
	Unit string `json:"unit,omitempty"` // of an open load: sessions or messages

	// The flow's other choices. Files of earlier versions do not have them: there
	// Pipelining is empty, and the others mean nothing.
	Messages    int                `json:"messages_per_session,omitempty"` // 0: as many as the load lasts
	Pipelining  string             `json:"pipelining,omitempty"`           // auto, on or off
	Size        string             `json:"size,omitempty"`                 // of a message, for people
	SizeMedian  int64              `json:"size_median,omitempty"`          // in octets; 0 of stored messages, and in files of earlier versions
	SizeP99     int64              `json:"size_p99,omitempty"`             // 0 if all are of one size
	Recipients  int                `json:"recipients,omitempty"`
	Expect      sample.Expectation `json:"expect,omitzero"` // which rejections are wanted
	Fingerprint string             `json:"rest,omitempty"`  // of all the flow does beside its choices and accounts; "" without a scenario

	Offered FlowLoad `json:"-"` // from the scenario
}

func flowHeader(f *loadgen.Flow) FlowHeader {
	h := FlowHeader{Name: f.Name, Host: f.Target.Host, Port: f.Target.Port, Unix: f.Target.Network == "unix", Open: f.Load.Open()}
	h.TLS = f.Session.Wire.TLS.String()
	if a := f.Session.Accounts; len(a) > 0 {
		if h.Auth = a[0].Mechanism; h.Auth == "" {
			h.Auth = "auto"
		}
	}
	if h.Open {
		h.Unit = f.Load.Unit.String()
	}
	h.Expect = f.Expect
	h.setChoices(f)
	return h
}

// Load is the kind of a flow's load.
func (h *FlowHeader) Load() sample.LoadKind {
	if h.Open {
		return sample.OpenLoad
	}
	return sample.ClosedLoad
}

// Arriving is the unit of an open load's rate for people: msg/s or sessions/s.
func (h *FlowHeader) Arriving() string {
	if h.OfMessages() {
		return "msg/s"
	}
	return loadgen.Sessions.String() + "/s"
}

// OfMessages tells whether the arrivals of an open load are messages.
func (h *FlowHeader) OfMessages() bool { return h.Unit == loadgen.Messages.String() }

// setChoices sets the choices beside port, TLS and AUTH.
func (h *FlowHeader) setChoices(f *loadgen.Flow) {
	h.Messages, h.Recipients = f.Session.Messages, max(1, f.Mail.Recipients)
	h.Pipelining = f.Session.Wire.Pipelining.String()
	var octets mail.Size
	h.Size, octets = sizeOf(&f.Mail)
	h.SizeMedian, h.SizeP99 = octets.Median, octets.P99
}

// sizeOf is the size of a flow's messages in short, and in octets: zero for stored
// messages.
func sizeOf(o *mail.Options) (short string, octets mail.Size) {
	if len(o.Files) > 0 {
		return "files", mail.Size{}
	}
	octets = o.Size.Resolved()
	short = human.Bytes(octets.Median)
	if octets.P99 > octets.Median {
		short += " to " + human.Bytes(octets.P99)
	} else {
		octets.P99 = 0 // as without it
	}
	return short, octets
}

// HasChoices tells whether the run file has the flow's choices beside port, TLS and
// AUTH.
func (h *FlowHeader) HasChoices() bool { return h.Pipelining != "" }

// DiffersInSize tells whether two flows have messages of different sizes, in octets.
// Files of earlier versions do not have the octets: then it is false.
func (h *FlowHeader) DiffersInSize(to *FlowHeader) bool {
	return h.SizeMedian > 0 && to.SizeMedian > 0 && (h.SizeMedian != to.SizeMedian || h.SizeP99 != to.SizeP99)
}

// SameFlow tells whether two headers are of one flow, whichever versions wrote them:
// what an earlier version does not write is no difference.
func SameFlow(a, b FlowHeader) bool {
	if a.DiffersInSize(&b) {
		return false
	}
	a.SizeMedian, a.SizeP99, b.SizeMedian, b.SizeP99 = 0, 0, 0, 0
	if a.Host == "" || b.Host == "" {
		a.Host, b.Host = "", ""
	}
	return a == b
}

// Label is a flow in short, by port, TLS and AUTH: "587 starttls PLAIN".
func (h *FlowHeader) Label() string {
	parts := []string{strconv.Itoa(h.Port), h.TLS}
	if h.Unix {
		parts[0] = "unix"
	}
	if h.Auth != "" {
		parts = append(parts, h.Auth)
	}
	return strings.Join(parts, " ")
}

// A FlowLoad is what a flow offers its server, as the scenario says it. The zero value
// is unknown.
type FlowLoad struct {
	Text        string // in short: "64 sessions", "200 messages/s", "3 stages"
	MaxSessions int64  // of an open load: at once; 0 if it is not known
	key         string // of everything but how long it goes on, and how it begins
}

// Differs tells whether two loads are known to differ.
func (l FlowLoad) Differs(from FlowLoad) bool {
	return l.key != "" && from.key != "" && l.key != from.key
}

// notLoad are the options of a load that do not change what a message costs: how long
// the load goes on, how it begins, and when to give up.
var notLoad = []string{"duration", "messages", "ramp", "abort"}

// setLoads reads each flow's load from the scenario.
func (h *Header) setLoads() {
	var doc struct {
		Flows map[string]struct {
			Load json.RawMessage `json:"load"`
		} `json:"flows"`
	}
	if json.Unmarshal(h.Scenario, &doc) != nil {
		return
	}
	for i := range h.Flows {
		h.Flows[i].Offered = NewFlowLoad(doc.Flows[h.Flows[i].Name].Load)
	}
}

// NewFlowLoad reads the load of a flow, as a scenario has it once it is resolved. What
// cannot be read is unknown.
func NewFlowLoad(section json.RawMessage) FlowLoad {
	var load map[string]any
	d := json.NewDecoder(bytes.NewReader(section))
	d.UseNumber()
	if d.Decode(&load) != nil {
		return FlowLoad{}
	}
	for _, option := range notLoad {
		delete(load, option)
	}
	key, err := json.Marshal(load) // in the order of the keys
	if err != nil || len(load) == 0 {
		return FlowLoad{}
	}
	most, _ := load["max_sessions"].(json.Number)
	sessions, _ := most.Int64() // 0 if it is none
	return FlowLoad{loadText(load), max(0, sessions), string(key)}
}

func loadText(load map[string]any) string {
	if stages, ok := load["stages"].([]any); ok {
		return human.CountOf(int64(len(stages)), "stage")
	}
	if rate, ok := load["rate"].(string); ok {
		return rate
	}
	if n, ok := load["sessions"].(json.Number); ok {
		if sessions, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
			return human.CountOf(sessions, "session")
		}
	}
	return "another load"
}
