package scenarios

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/beside"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

type (
	// A Fault is one thing that is wrong with a scenario, and its position.
	Fault = tree.Fault
	// Faults are everything that is wrong with a scenario, in the order of the file.
	Faults = tree.Faults
)

// LoadOptions say what changes a scenario while it is read, and where files and
// variables come from. The zero value changes nothing, and takes them from the
// operating system.
type LoadOptions struct {
	// Set overrides fields, each PATH=VALUE with VALUE as YAML, in order:
	// "flows.relay.load.sessions=50", "thresholds.0=relay.errors < 1%".
	Set []string
	// Flows are the only ones to keep, if it names any; SkipFlows are left out.
	Flows, SkipFlows []string
	// Target takes the place of target.host if it is not empty. TargetFlag is the flag that
	// it comes from, for faults; empty means --target.
	Target, TargetFlag string
	// MadeBy is the command that wrote the scenario by its flags, such as quick; empty if
	// somebody else wrote it. It becomes Plan.MadeBy.
	MadeBy string
	// Server changes how the scenario reaches its server.
	Server ServerOverrides
	// Trust takes the place of the files that tls.ca names, which are not read then; nil
	// reads them.
	Trust *x509.CertPool
	// MayLoad names hosts that the user may load although they are neither this
	// machine nor on a private network. It becomes Plan.MayLoad.
	MayLoad []string
	// LookupEnv finds the variables of ${env:NAME}; nil means os.LookupEnv.
	LookupEnv func(string) (string, bool)
	// LookOnly says that nobody is going to run the scenario: a secret whose environment
	// variable is not set is a note, and not a fault.
	LookOnly bool
	// Keep keeps what the scenario is made of, for other machines: see Scenario.Inputs.
	Keep bool
	// FS holds scenarios and the files they name; nil means the operating system's
	// files.
	FS fs.FS
	// Stdin is what the name "-" reads; nil means os.Stdin.
	Stdin io.Reader
}

// A Scenario is a scenario file, checked and resolved. It holds secrets, so printing
// it shows no more than its name.
type Scenario struct {
	name        string
	description string
	notes       []string
	plan        *loadgen.Plan
	criteria    criteria.Criteria
	server      server                       // see Watched and Prometheus
	sources     map[netip.Addr]tree.Position // where each stands first
	inputs      *Inputs                      // see LoadOptions.Keep
}

// Load reads the scenario of that name: a path, "builtin:NAME", or "-" for standard
// input. The error is Faults: everything that is wrong with it.
func Load(name string, o LoadOptions) (*Scenario, error) {
	in, err := o.keep()
	if err != nil {
		return nil, tree.Faults{{File: name, Message: err.Error()}}
	}
	f, shell := o.files(in).beside(name), o.files(in)
	var source []byte
	builtin, isBuiltin := strings.CutPrefix(name, builtinPrefix)
	switch {
	case isBuiltin:
		f = builtinFiles
		source, err = findBuiltin(builtin)
	case name == "-":
		f.dir = "."
		source, err = readAll(o.Stdin)
	default:
		source, err = shell.read(name, tree.MaxSource)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w%s", err, cmp.Or(shell.otherEnding(name), ": smtpgauge init writes a scenario to start from, and smtpgauge scenarios lists those that come with it"))
		}
	}
	if err != nil {
		return nil, tree.Faults{{File: name, Message: err.Error()}}
	}
	return newDecoder(name, f, shell, &o).read(source, &o)
}

// Parse reads a scenario from memory. Faults give its file as name, and the files
// that the scenario names are found from that name's folder.
func Parse(name string, source []byte, o LoadOptions) (*Scenario, error) {
	in, err := o.keep()
	if err != nil {
		return nil, tree.Faults{{File: name, Message: err.Error()}}
	}
	shell := o.files(in)
	return newDecoder(name, shell.beside(name), shell, &o).read(source, &o)
}

// files are those of the operating system, or of FS, from the current folder.
func (o *LoadOptions) files(in *Inputs) files { return files{fsys: o.FS, dir: ".", kept: in} }

func readAll(r io.Reader) ([]byte, error) {
	if r == nil {
		r = os.Stdin
	}
	return io.ReadAll(io.LimitReader(r, tree.MaxSource+1))
}

// newDecoder returns the decoder of the scenario of that name, which has files beside it.
func newDecoder(name string, own, shell files, o *LoadOptions) *decoder {
	d := &decoder{
		folders: map[string]files{name: own}, shell: shell,
		trust: o.Trust, contents: map[string][]byte{}, tables: map[string]*beside.Table{}, mails: map[string][]mail.File{},
	}
	d.Report.Files = []string{name}
	d.filler = tree.Filler{Report: &d.Report, Env: o.LookupEnv, File: d.secretFile}
	if o.LookupEnv == nil {
		d.filler.Env = os.LookupEnv
	}
	if o.LookOnly {
		d.filler.Absent = func(at tree.Position, name string) {
			d.notef(at, "the environment variable %s is not set: a run needs it", tree.Quote(name))
		}
	}
	d.here = tree.Filler{Report: &d.Report, Env: d.filler.Env, File: d.secretHere, Absent: d.filler.Absent}
	if own.closed || shell.closed {
		d.here.Env = func(string) (string, bool) { return absent, true }
	}
	d.keepEnvironment()
	return d
}

func (d *decoder) read(source []byte, o *LoadOptions) (*Scenario, error) {
	name := d.Report.Files[0]
	if d.keeping() {
		d.shell.kept.Name, d.shell.kept.Source = name, source
	}
	root := tree.Parse(name, source, &d.Report)
	if root != nil {
		root = d.extend(root, []string{name})
	}
	if root == nil {
		return nil, d.Err()
	}
	for _, setting := range o.Set {
		d.override(root, setting)
	}
	d.takeAway(root)
	if o.Target != "" {
		d.retarget(root, o.Target, cmp.Or(o.TargetFlag, "--target"))
	}
	o.Server.apply(d, root)
	d.choose(root, o.Flows, o.SkipFlows)
	if !d.inherit(root) {
		return nil, d.Err()
	}
	d.filler.Vars = root.Get("vars")
	d.here.Vars = d.filler.Vars
	var doc document
	scenarioShape.decode(d, root, &doc)
	plan, judged := doc.plan(d)
	d.checkVariables()
	if err := d.Err(); err != nil {
		return nil, err
	}
	plan.MayLoad, plan.MadeBy = o.MayLoad, o.MadeBy
	if d.keeping() {
		d.shell.kept.Mail = d.mails
	}
	return &Scenario{name: doc.name, description: doc.description, notes: d.notes, plan: plan, criteria: judged, server: doc.server, sources: doc.sources(), inputs: d.shell.kept}, nil
}

// Name returns the scenario's name.
func (s *Scenario) Name() string { return s.name }

// Description returns what the scenario says it is for.
func (s *Scenario) Description() string { return s.description }

// Notes are remarks on a scenario that is valid, each with its position like a
// fault: files that were left out, what servers may refuse.
func (s *Scenario) Notes() []string { return s.notes }

// Format prints the scenario's name, whatever the verb.
func (s Scenario) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "scenario %s", s.name) }

// Plan returns the scenario as a plan. It is ready to run, unless a flow's target is
// the built-in server: PlaceSink says where that listens. Each call returns a plan
// of its own, which may be changed. Plan.Scenario is the resolved scenario as
// JSON, without secrets.
func (s *Scenario) Plan() *loadgen.Plan {
	p := *s.plan
	p.Flows = append([]loadgen.Flow(nil), p.Flows...)
	for i := range p.Flows {
		if t := &p.Flows[i].Target; t.TLS != nil {
			cache := t.TLS.ClientSessionCache
			t.TLS = t.TLS.Clone()
			t.TLS.ClientSessionCache = cache
		}
	}
	return &p
}

// Criteria are what the scenario's runs are judged by.
func (s *Scenario) Criteria() criteria.Criteria { return s.criteria }

// Watched are the processes of the server that are looked at during a run, as the
// scenario names them; nil if it names none.
func (s *Scenario) Watched() []string { return slices.Clone(s.server.processes) }

// WatchedBy is the name of the agent that looks at the server's processes during a run; ""
// if there is none.
func (s *Scenario) WatchedBy() string { return s.server.agent }

// YAML returns a plan's resolved scenario for people to read: every option with its
// value, and no secret. Load reads it as a scenario again.
func YAML(p *loadgen.Plan) ([]byte, error) { return tree.YAML(p.Scenario) }
