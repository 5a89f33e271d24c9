package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"mime"
	"os"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// Inputs are all that a scenario was made of: its text, the options that changed it, and
// whatever was read besides. [Rebuild] makes the same scenario of them on another machine,
// and reads nothing there but secrets that the other machine gives. Inputs may hold
// secrets, so printing them shows no more than the name.
//
// Paths are as they were written. Both machines have to write them alike: what was made on
// Windows cannot be rebuilt elsewhere if it names files.
type Inputs struct {
	Name   string `json:"name"` // as Load or Parse was given it
	Source []byte `json:"-"`    // the text of that name
	Folder string `json:"folder"`
	InFS   bool   `json:"in_fs,omitempty"` // LoadOptions.FS was given

	// The fields of LoadOptions.
	Set       []string        `json:"set,omitempty"`
	Flows     []string        `json:"flows,omitempty"`
	SkipFlows []string        `json:"skip_flows,omitempty"`
	Target    string          `json:"target,omitempty"`
	MadeBy    string          `json:"made_by,omitempty"`
	Server    ServerOverrides `json:"server,omitzero"`

	Files      map[string][]byte      `json:"-"` // what was read, by the names that faults show
	Mail       map[string][]mail.File `json:"-"` // messages, by the name of their file or folder
	MediaTypes map[string]string      `json:"media_types,omitempty"`
	Env        map[string]string      `json:"env,omitempty"`     // environment variables in texts that are shown
	Secrets    map[string]string      `json:"secrets,omitempty"` // those in texts that are not
	Private    bool                   `json:"private,omitempty"` // the text or the files have secrets in them
}

// Format prints the name, whatever the verb.
func (in Inputs) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "inputs of %s", in.Name) }

// HoldSecrets tells whether there is a secret in the inputs: a password or token, a file
// of accounts, or a private key.
func (in *Inputs) HoldSecrets() bool { return in.Private || len(in.Secrets) > 0 }

// Inputs returns what the scenario is made of; nil unless LoadOptions.Keep was set. The
// caller must not change it.
func (s *Scenario) Inputs() *Inputs { return s.inputs }

// RebuildOptions are the other machine's own rules.
type RebuildOptions struct {
	// MayLoad names hosts that the user of this machine may load: see LoadOptions.MayLoad.
	// What the maker of the inputs may load does not count.
	MayLoad []string
	// Secret finds what a reference of auth stands for, if the scenario says that secrets
	// are found by agents: "env:NAME" or "file:PATH", as it stands in the scenario. The
	// error goes on after the secret's name: "is not ...". nil refuses all of them.
	Secret func(reference string) (string, error)
}

// Rebuild makes the scenario again that inputs were kept of. The error is Faults, like
// that of Load.
func Rebuild(in *Inputs, o RebuildOptions) (*Scenario, error) {
	load := LoadOptions{
		Set: in.Set, Flows: in.Flows, SkipFlows: in.SkipFlows, Target: in.Target, MadeBy: in.MadeBy, Server: in.Server, MayLoad: o.MayLoad,
		LookupEnv: func(name string) (string, bool) { v, ok := in.Env[name]; return v, ok },
	}
	shell := files{dir: ".", kept: in, closed: true}
	if in.InFS {
		shell.fsys = embed.FS{}
	}
	own := shell.beside(in.Name)
	switch {
	case strings.HasPrefix(in.Name, builtinPrefix):
		own = builtinFiles
	case in.Name == "-":
		own.dir = "."
	}
	d := newDecoder(in.Name, own, shell, &load)
	d.mails = maps.Clone(in.Mail)
	d.secretGiver = o.Secret
	d.filler.SecretEnv = func(name string) (string, error) {
		if v, ok := in.Secrets[name]; ok {
			return v, nil
		}
		return d.givenSecret("env:" + name)
	}
	return d.read(in.Source, &load)
}

// keep returns the inputs to fill; nil if nothing is to be kept.
func (o *LoadOptions) keep() (*Inputs, error) {
	if !o.Keep {
		return nil, nil
	}
	if o.Trust != nil {
		return nil, errors.New("certificates that stand in no file cannot travel to other machines")
	}
	folder, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("the current folder has no name: %w", err)
	}
	return &Inputs{
		Folder: folder, InFS: o.FS != nil,
		Set: o.Set, Flows: o.Flows, SkipFlows: o.SkipFlows, Target: o.Target, MadeBy: o.MadeBy, Server: o.Server,
		Files: map[string][]byte{}, MediaTypes: map[string]string{}, Env: map[string]string{}, Secrets: map[string]string{},
	}, nil
}

// keeping tells whether inputs are to be kept.
func (d *decoder) keeping() bool { return d.shell.kept != nil && !d.shell.closed }

// keepEnvironment keeps the variables that are looked up, and stands in for secrets that
// are found elsewhere.
func (d *decoder) keepEnvironment() {
	if !d.keeping() {
		return
	}
	in, find := d.shell.kept, d.filler.Env
	d.filler.Env = func(name string) (string, bool) {
		v, ok := find(name)
		if ok {
			in.Env[name] = v
		}
		return v, ok
	}
	d.filler.SecretEnv = func(name string) (string, error) {
		if d.onAgents {
			return absent, nil
		}
		v, ok := find(name)
		if !ok {
			return "", errors.New("is not set")
		}
		in.Secrets[name] = v
		return v, nil
	}
}

// absent stands for a secret that nobody needs on this machine.
const absent = "absent"

// keepPrivate notes that what is kept has a secret in it.
func (d *decoder) keepPrivate() {
	if d.keeping() {
		d.shell.kept.Private = true
	}
}

// secretElsewhere returns the text of a file that is a secret of the agents. elsewhere is
// false if it is read as any other file.
func (d *decoder) secretElsewhere(at tree.Position, name string) (text string, ok, elsewhere bool) {
	switch {
	case !d.onAgents || d.shell.kept == nil:
		return "", false, false
	case d.keeping():
		return absent, true, true
	}
	text, err := d.givenSecret("file:" + name)
	if err != nil {
		d.Faultf(at, "%s %v", name, err)
	}
	return withoutLineEnd(text), err == nil, true
}

// givenSecret asks this machine for a secret. The error goes on after the secret's name.
func (d *decoder) givenSecret(reference string) (string, error) {
	switch {
	case !d.onAgents:
		return "", errNotAlong
	case d.secretGiver == nil:
		return "", errors.New("is a secret of this machine, which gives none")
	}
	return d.secretGiver(reference)
}

var errNotAlong = errors.New("did not come along with the scenario")

// file returns a file that was kept, which may have most octets.
func (in *Inputs) file(shown string, most int64) ([]byte, error) {
	data, ok := in.Files[shown]
	switch {
	case !ok:
		return nil, errNotAlong
	case int64(len(data)) > most:
		return nil, textfile.TooLarge(most)
	}
	return data, nil
}

// mediaType returns the type of files with an extension. Machines know different ones, so
// it is kept.
func (d *decoder) mediaType(extension string) string {
	in := d.shell.kept
	if d.shell.closed {
		return in.MediaTypes[extension]
	}
	found := mime.TypeByExtension(extension)
	if in != nil {
		in.MediaTypes[extension] = found
	}
	return found
}

// A secretsPlace is the shape of document.onAgents, which decides what becomes of the
// secrets that are decoded after it.
type secretsPlace struct{ shape[bool] }

var secretsPlaceShape shape[bool] = secretsPlace{oneWord(choice[bool]{"coordinator", false}, choice[bool]{"agent", true})}

func (p secretsPlace) decode(d *decoder, n *tree.Node, out *bool) {
	p.shape.decode(d, n, out)
	d.onAgents = *out
}
