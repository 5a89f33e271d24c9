package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

const format = "smtpgauge.bundle/1"

// Bounds of a bundle. The messages of a scenario may have 1 GiB by themselves, whether it
// travels or not. An agent holds both, what came and what that unpacks to.
const (
	MaxPacked   = 256 << 20 // octets that travel
	MaxUnpacked = 1 << 30   // octets of all contents together
	maxManifest = 16 << 20
	maxFiles    = 10_000
	maxMessages = 1_000_000
)

// A Bundle is a packed scenario. It may hold secrets, so printing it shows no more than
// its sum.
type Bundle struct {
	data    []byte
	secrets bool
}

// A manifest is the first line of a bundle. The contents follow without anything between
// them: the scenario's text, the files, the messages, in the order of the manifest.
type manifest struct {
	Format   string            `json:"format"`
	Scenario string            `json:"scenario_sha256"` // of the resolved scenario
	Inputs   *scenarios.Inputs `json:"inputs"`
	Source   int64             `json:"source"` // octets
	Files    []entry           `json:"files,omitempty"`
	Mail     []mailbox         `json:"mail,omitempty"`
}

type entry struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // octets
}

type mailbox struct {
	Name     string  `json:"name"`
	Messages []int64 `json:"messages"` // octets of each; their names are for errors alone, and stay behind
}

// New packs a scenario that was loaded with LoadOptions.Keep. The error says what makes it
// too large.
func New(s *scenarios.Scenario) (Bundle, error) {
	in := s.Inputs()
	if in == nil {
		return Bundle{}, errors.New("nothing was kept of what the scenario is made of")
	}
	m := manifest{Format: format, Scenario: scenarioHash(s.Plan()), Inputs: in, Source: int64(len(in.Source))}
	contents := [][]byte{in.Source}
	for _, name := range sortedKeys(in.Files) {
		m.Files = append(m.Files, entry{name, int64(len(in.Files[name]))})
		contents = append(contents, in.Files[name])
	}
	for _, name := range sortedKeys(in.Mail) {
		f := mailbox{Name: name}
		for _, message := range in.Mail[name] {
			f.Messages = append(f.Messages, int64(len(message.Data)))
			contents = append(contents, message.Data)
		}
		m.Mail = append(m.Mail, f)
	}
	if err := m.check(); err != nil {
		return Bundle{}, err
	}
	data, err := pack(&m, contents, MaxPacked)
	if err != nil {
		return Bundle{}, err
	}
	return Bundle{data, in.HoldSecrets()}, nil
}

// pack returns no more than most octets.
func pack(m *manifest, contents [][]byte, most int) ([]byte, error) {
	first, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("packing the scenario: %w", err)
	}
	if bytes.Contains(first, []byte(replaced)) {
		return nil, errors.New("a path, a variable of the environment or an option of the command line is not UTF-8, so it cannot travel to agents")
	}
	b := &limited{most: most}
	z, err := gzip.NewWriterLevel(b, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("packing the scenario: %w", err)
	}
	for _, part := range slices.Concat([][]byte{first, []byte("\n")}, contents) {
		if _, err := z.Write(part); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// A limited buffer refuses what is too much at once.
type limited struct {
	bytes.Buffer
	most int
}

func (l *limited) Write(data []byte) (int, error) {
	if l.Len()+len(data) > l.most {
		return 0, fmt.Errorf("the files of the scenario are too large to travel to agents: they have more than %d MiB when packed", l.most>>20)
	}
	return l.Buffer.Write(data)
}

// replaced is what package json writes in place of octets that are not UTF-8.
const replaced = `\ufffd`

// check holds a manifest to the bounds. A manifest is foreign when it arrives, so no sum in
// it may overflow.
func (m *manifest) check() error {
	if m.Format != format {
		return fmt.Errorf("want %s, found %q: it was made by another version", format, printable(m.Format))
	}
	if m.Inputs == nil {
		return errors.New("the manifest has no inputs")
	}
	if len(m.Files) > maxFiles {
		return fmt.Errorf("the scenario has %d files: agents take %d at most", len(m.Files), maxFiles)
	}
	left, messages := int64(MaxUnpacked), 0
	take := func(size int64) bool {
		ok := size >= 0 && size <= left
		left -= size
		return ok
	}
	ok := take(m.Source)
	for _, f := range m.Files {
		ok = ok && take(f.Size)
	}
	for _, f := range m.Mail {
		if messages += len(f.Messages); messages > maxMessages {
			return fmt.Errorf("the scenario has more than %d messages in files: agents take no more", maxMessages)
		}
		for _, message := range f.Messages {
			ok = ok && take(message)
		}
	}
	if !ok {
		return fmt.Errorf("the files of the scenario have more than %d octets together: agents take no more", int64(MaxUnpacked))
	}
	return nil
}

// Data returns what travels. The caller must not change it.
func (b Bundle) Data() []byte { return b.data }

// Sum returns the SHA-256 of Data in hexadecimal.
func (b Bundle) Sum() string { return sumOf(b.data) }

// HoldsSecrets tells whether there is a password, a token, an account or a private key in
// the bundle.
func (b Bundle) HoldsSecrets() bool { return b.secrets }

// Format prints the bundle's sum, whatever the verb.
func (b Bundle) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "bundle %s", b.Sum()) }

// A Way is how a bundle travels.
type Way struct {
	TLS      bool // encrypted, to a peer that is known
	Loopback bool // within this machine
}

// MayTravel returns an error if the bundle has secrets in it that others could read on the
// way.
func (b Bundle) MayTravel(w Way) error {
	if !b.secrets || w.TLS || w.Loopback {
		return nil
	}
	return errors.New("the scenario has secrets in it, and the way to the agents is not encrypted: use TLS, or secrets: agent with ${env:NAME} or ${file:PATH}")
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// scenarioHash is the hash of a resolved scenario as a run file's header has it.
func scenarioHash(p *loadgen.Plan) string { return sumOf(p.Scenario) }

func sortedKeys[V []byte | []mail.File](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// printable cuts foreign text for a message.
func printable(text string) string {
	const most = 60
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "?")
}
