package bus

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
	"unicode/utf8"
)

// The messages of an agent are Hello, Status, and Delta or Looks; those of a coordinator are
// Refusal, Call, Order and Piece. Instants are nanoseconds since the Unix epoch by the
// clock of whoever the field names.
type (
	// A Hello asks for a place in a fleet. An agent says it every second until it has
	// an answer. Its fields, and those of a Refusal, stay the same in all versions, and others
	// may be added. A Call asks to say it once more, to the caller's own address.
	Hello struct {
		Name    string `json:"name"`
		Host    string `json:"host"`
		Version string `json:"version"`
		Shards  int    `json:"shards"`            // that it will have
		Watches bool   `json:"watches,omitempty"` // it looks at the server in place of loading it
	}

	// A Refusal says why an agent has no place.
	Refusal struct {
		Reason  string `json:"reason"`
		Version string `json:"version"`         // of the coordinator
		Later   bool   `json:"later,omitempty"` // the agent may ask again, and will have a place
	}

	// A Call answers a Hello that came to the address of all coordinators. Such a Hello may
	// have been recorded under an earlier coordinator with the same token. No message to the
	// caller's ID can have been, which is new.
	Call struct{}

	// An Order says what an agent is to have done by now. It comes every half second, and
	// whenever something changes, so that nothing is lost with one that is.
	Order struct {
		Sent     int64    `json:"sent"`              // coordinator's clock
		Name     string   `json:"name"`              // that the agent has in the fleet
		Number   int      `json:"number"`            // from 1
		Of       int      `json:"of"`                // agents
		Blobs    [2]Sum   `json:"blobs"`             // the scenario, and the terms of the run
		Run      int      `json:"run"`               // number of the run from 1; 0 before the first
		Fleet    string   `json:"fleet"`             // the run's ID
		First    int      `json:"first"`             // number of the agent's first shard among all of the fleet, from 0
		Own      int      `json:"own"`               // how many shards the agent has
		Shards   int      `json:"shards"`            // of the fleet
		Probe    bool     `json:"probe"`             // try the target
		Begin    bool     `json:"begin"`             // make ready for the run
		Segments int      `json:"segments"`          // that may begin
		At       int64    `json:"at"`                // when the last of these is to: agent's clock
		Offset   int64    `json:"offset"`            // of the agent's clock
		Error    int64    `json:"error"`             // of Offset
		Have     int64    `json:"have"`              // octets of the agent's file that have come
		Drain    bool     `json:"drain"`             // begin nothing new
		Stop     bool     `json:"stop"`              // end now
		Over     bool     `json:"over"`              // the run is, and the file complete or given up
		Leave    bool     `json:"leave"`             // the fleet is dissolved
		Targets  []Target `json:"targets,omitempty"` // what is loaded, for one that looks at the server
	}

	// A Target is what a flow connects to.
	Target struct {
		Port      int          `json:"port"`
		Addresses []netip.Addr `json:"addresses,omitempty"` // in the order in which they are tried; none if they are not known
		First     bool         `json:"first,omitempty"`     // only the first that answers is loaded, not all in turn
	}

	// A Sum says which blob an agent is to have.
	Sum struct {
		Size   int64  `json:"size"`
		SHA256 string `json:"sha256"` // in hex; "" for none
	}

	// A Piece is a part of a blob: its body, from Offset on.
	Piece struct {
		SHA256 string `json:"sha256"` // of the whole blob
		Offset int64  `json:"offset"`
	}

	// A Status says what an agent has done, in answer to each Order and whenever something
	// changes.
	Status struct {
		Asked    int64    `json:"asked"`    // Order.Sent
		Received int64    `json:"received"` // when the order came: agent's clock
		Answered int64    `json:"answered"` // agent's clock
		Blobs    [2]int64 `json:"blobs"`    // octets of those in Order.Blobs that have come
		Run      int      `json:"run"`      // that what follows is about
		Loaded   bool     `json:"loaded"`   // the scenario is resolved
		Probed   bool     `json:"probed"`
		Faults   []Fault  `json:"faults"` // that the target showed
		Waits    int      `json:"waits"`  // number, from 1, of the segment that it waits to begin; 0 for none
		Length   int64    `json:"length"` // of its file so far
		Ended    bool     `json:"ended"`
		SHA256   string   `json:"sha256"`  // of the file, once the run has ended
		Left     bool     `json:"left"`    // its own user ended its part
		Failed   string   `json:"failed"`  // why it cannot go on; "" if it can
		Refused  bool     `json:"refused"` // it may not load the target, by its own rules
		Gone     bool     `json:"gone"`    // it knows of Order.Leave, and says nothing more
	}

	// A Fault is a check.Fault.
	Fault struct {
		ID      string   `json:"id"`
		Flows   []string `json:"flows"`
		Target  string   `json:"target"`
		Says    string   `json:"says"`
		Do      string   `json:"do"`
		Passing bool     `json:"passing"`
	}

	// A Delta is a part of an agent's run file: its body, from Offset on.
	Delta struct {
		Run    int   `json:"run"`
		Offset int64 `json:"offset"`
	}
)

// Looks are what an agent saw of the server: its body, a JSON list of samples by the agent's
// clock.
type Looks struct {
	Run  int `json:"run"`
	From int `json:"from"` // number of the first of them in the run, from 0
}

// A Message is one of the types above, by pointer.
type Message interface {
	kind() string
	check() error
}

func (*Hello) kind() string   { return "hello" }
func (*Refusal) kind() string { return "refusal" }
func (*Call) kind() string    { return "call" }
func (*Order) kind() string   { return "order" }
func (*Piece) kind() string   { return "piece" }
func (*Status) kind() string  { return "status" }
func (*Delta) kind() string   { return "delta" }
func (*Looks) kind() string   { return "looks" }

// messages make an empty message of each kind.
var messages = map[string]func() Message{
	"hello": func() Message { return new(Hello) }, "refusal": func() Message { return new(Refusal) },
	"order": func() Message { return new(Order) }, "piece": func() Message { return new(Piece) },
	"status": func() Message { return new(Status) }, "delta": func() Message { return new(Delta) },
	"looks": func() Message { return new(Looks) }, "call": func() Message { return new(Call) },
}

// An envelope is what stands before a message.
type envelope struct {
	Kind string          `json:"kind"`
	From string          `json:"from"` // the sender's ID
	Seq  uint64          `json:"seq"`  // of the sender, from 1
	Says json.RawMessage `json:"says"`
}

// encode writes a message: its envelope in JSON, a line feed, and its body.
func encode(from string, seq uint64, m Message, body []byte) ([]byte, error) {
	says, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(envelope{m.kind(), from, seq, says})
	if err != nil {
		return nil, err
	}
	if len(body) > MaxBody || len(head)+1+len(body) > MaxMessage-1024 { // with room for the seal
		return nil, fmt.Errorf("a message of %d octets and a body of %d are too much", len(head), len(body))
	}
	return append(append(head, '\n'), body...), nil
}

// decode reads what encode wrote.
func decode(data []byte) (from string, seq uint64, m Message, body []byte, err error) {
	if len(data) > MaxMessage {
		return "", 0, nil, nil, errors.New("the message is too long")
	}
	head, body, found := bytes.Cut(data, []byte("\n"))
	if !found || len(body) > MaxBody {
		return "", 0, nil, nil, errors.New("the message has no end of its head, or too long a body")
	}
	var e envelope
	if err := strictly(head, &e, true); err != nil {
		return "", 0, nil, nil, err
	}
	make := messages[e.Kind]
	if make == nil || !IsID(e.From) || e.Seq == 0 {
		return "", 0, nil, nil, errors.New("the message is of no known kind, or of nobody")
	}
	m = make()
	lasting := e.Kind == "hello" || e.Kind == "refusal" // a later version may add fields to these
	if err := strictly(e.Says, m, !lasting); err != nil {
		return "", 0, nil, nil, err
	}
	if _, bodied := m.(interface{ body() }); !bodied && len(body) > 0 {
		return "", 0, nil, nil, errors.New("the message is of a kind without a body")
	}
	return e.From, e.Seq, m, body, m.check()
}

func (*Piece) body() {}
func (*Delta) body() {}
func (*Looks) body() {}

// strictly decodes one JSON value, without fields that are unknown.
func strictly(data []byte, into any, known bool) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if known {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the value")
	}
	return nil
}

// IsID tells whether a text can be the ID of an agent or a coordinator.
func IsID(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == 8
}

// MaxBlob is the most octets of what travels in pieces.
const MaxBlob = 256 << 20

// The bounds of what messages say.
const (
	maxText   = 1024
	maxAgents = 10_000
	maxFaults = 200
	maxFlows  = 1000
	// MaxTargets bounds the targets, and their addresses, of one Order.
	MaxTargets = 1000
	maxFile    = 1 << 50
	maxAhead   = int64(200 * 365 * 24 * time.Hour)
)

// MaxName is the most octets of an agent's name, and of its host's. A coordinator may add a
// number to it.
const MaxName = 255

func texts(list ...string) error {
	for _, text := range list {
		if len(text) > maxText {
			return fmt.Errorf("a text of %d octets, want at most %d", len(text), maxText)
		}
	}
	return nil
}

func within(most int64, list ...int64) error {
	for _, n := range list {
		if n < 0 || n > most {
			return fmt.Errorf("a number of %d, want 0 to %d", n, most)
		}
	}
	return nil
}

func digest(text string, may bool) error {
	if b, err := hex.DecodeString(text); err != nil || len(b) != 32 && !(may && text == "") {
		return errors.New("a SHA-256 is 64 hex digits")
	}
	return nil
}

func (m *Hello) check() error {
	return errors.Join(texts(m.Version), within(MaxName, int64(len(m.Name)), int64(len(m.Host))), within(1024, int64(m.Shards)))
}

func (m *Refusal) check() error { return texts(m.Reason, m.Version) }

func (*Call) check() error { return nil }

func (m *Order) check() error {
	errs := []error{
		texts(m.Name, m.Fleet), within(maxAgents, int64(m.Number), int64(m.Of)), within(1<<30, int64(m.Run), int64(m.Segments)),
		within(1<<20, int64(m.First), int64(m.Shards)), within(1024, int64(m.Own)), within(maxAhead, m.Sent, m.At, m.Error, max(m.Offset, -m.Offset)), within(maxFile, m.Have),
		within(MaxTargets, int64(len(m.Targets))),
	}
	addresses := 0
	for _, t := range m.Targets {
		errs = append(errs, within(1<<16-1, int64(t.Port)))
		addresses += len(t.Addresses)
		for _, a := range t.Addresses {
			if !a.IsValid() || a.Zone() != "" {
				errs = append(errs, errors.New("a target has an address that is none"))
			}
		}
	}
	errs = append(errs, within(MaxTargets, int64(addresses)))
	for _, s := range m.Blobs {
		errs = append(errs, within(MaxBlob, s.Size), digest(s.SHA256, true))
	}
	return errors.Join(errs...)
}

func (m *Piece) check() error {
	return errors.Join(digest(m.SHA256, false), within(MaxBlob, m.Offset))
}

func (m *Status) check() error {
	errs := []error{
		within(maxAhead, m.Asked, m.Received, m.Answered), within(MaxBlob, m.Blobs[:]...), within(1<<30, int64(m.Run), int64(m.Waits)),
		within(maxFile, m.Length), digest(m.SHA256, true), texts(m.Failed), within(maxFaults, int64(len(m.Faults))),
	}
	for _, f := range m.Faults {
		errs = append(errs, texts(f.ID, f.Target, f.Says, f.Do), within(maxFlows, int64(len(f.Flows))), texts(f.Flows...))
	}
	return errors.Join(errs...)
}

func (m *Delta) check() error {
	return errors.Join(within(1<<30, int64(m.Run)), within(maxFile, m.Offset))
}

func (m *Looks) check() error { return within(1<<30, int64(m.Run), int64(m.From)) }
