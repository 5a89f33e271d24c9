package record

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// FileFormat is the first thing in a run file.
const FileFormat = "smtpgauge.run/1"

// A Header begins a run file: it says what was run, on which machine and by which
// program.
type Header struct {
	Format      string               `json:"format"`
	ID          string               `json:"id,omitempty"` // of the run, given by its Collector; files of earlier versions have none
	Name        string               `json:"name"`
	Started     time.Time            `json:"started"`
	Seed        uint64               `json:"seed"`
	Scenario    json.RawMessage      `json:"scenario,omitempty"` // as resolved, without secrets
	Hash        string               `json:"scenario_sha256"`
	Environment Environment          `json:"environment"`
	Sharding    Sharding             `json:"sharding,omitzero"` // files of earlier versions have none
	Flows       []FlowHeader         `json:"flows"`
	Rounds      int                  `json:"rounds"`
	InTurn      bool                 `json:"in_turn"`
	Stages      map[string][]Stage   `json:"stages,omitempty"` // of open loads, by flow; files of earlier versions have none
	Baseline    string               `json:"baseline,omitempty"`
	Thresholds  []criteria.Threshold `json:"-"`                    // in the file they are text: see headerLine
	Gates       []string             `json:"gates,omitempty"`      // as written
	MinEffect   float64              `json:"min_effect,omitempty"` // the smallest effect of interest to comparisons, as a share
	Agent       *Place               `json:"agent,omitempty"`      // of the generator in a fleet; nil if it is in none
}

// An Environment describes the machine and the program that made a run. If two runs
// differ in it, so may their figures.
type Environment struct {
	Host       string `json:"host"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Kernel     string `json:"kernel,omitempty"`
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Go         string `json:"go"`
	Version    string `json:"version"` // of smtpgauge
}

// A Sharding is how many shards shared the load of a run, and why so many.
type Sharding struct {
	Shards int    `json:"shards"`
	Why    string `json:"why,omitempty"`
}

// NewHeader returns the header of a run of p that starts now, on this machine, and
// that c judges.
func NewHeader(p *loadgen.Plan, c criteria.Criteria) Header {
	sum := sha256.Sum256(p.Scenario)
	h := Header{
		Format: FileFormat, Name: p.Name, Started: time.Now().UTC(), Seed: p.Seed,
		Scenario: p.Scenario, Hash: hex.EncodeToString(sum[:]), Environment: ThisEnvironment(),
		Rounds: max(1, p.Rounds), InTurn: p.InTurn, Baseline: c.Baseline, Thresholds: c.Thresholds,
		MinEffect: c.MinEffect,
	}
	for i := range c.Gates {
		h.Gates = append(h.Gates, c.Gates[i].Expr)
	}
	for i := range p.Flows {
		h.Flows = append(h.Flows, flowHeader(&p.Flows[i]))
	}
	h.setStages(p)
	h.setFingerprints()
	h.setLoads()
	return h
}

// setFingerprints makes each flow's fingerprint from the scenario. The one in a file
// is not used: earlier versions ignored options that flows may differ in.
func (h *Header) setFingerprints() {
	found := fingerprints(h.Scenario)
	for i := range h.Flows {
		h.Flows[i].Fingerprint = found[h.Flows[i].Name]
	}
	h.setHosts()
}

// setHosts finds the hosts that files of earlier versions have in the scenario alone.
func (h *Header) setHosts() {
	if !slices.ContainsFunc(h.Flows, func(f FlowHeader) bool { return f.Host == "" }) {
		return
	}
	var doc struct {
		Flows map[string]struct {
			Target struct{ Host, Socket string }
		}
	}
	if json.Unmarshal(h.Scenario, &doc) != nil {
		return
	}
	for i := range h.Flows {
		f := &h.Flows[i]
		to := doc.Flows[f.Name].Target
		f.Host = cmp.Or(f.Host, to.Host, to.Socket)
	}
}

// WatchesServer tells whether the scenario asks for the server's own side: for its processes,
// and for the answers to queries.
func (h *Header) WatchesServer() (processes, queries bool) {
	s := h.server()
	return len(s.Processes) > 0 || s.Agent != "", len(s.Prometheus.Queries) > 0
}

// Watcher is the agent that is to look at the server; "" if none is.
func (h *Header) Watcher() string { return h.server().Agent }

// A serverSource is where a scenario has the server's own side from.
type serverSource struct {
	Processes  []string
	Agent      string
	Prometheus struct{ Queries map[string]string }
}

func (h *Header) server() serverSource {
	var doc struct{ Server serverSource }
	if json.Unmarshal(h.Scenario, &doc) != nil {
		return serverSource{}
	}
	return doc.Server
}

// ThisEnvironment describes this process and its machine.
func ThisEnvironment() Environment {
	e := Environment{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		Go: runtime.Version(), Kernel: kernelRelease(), Version: "unknown",
	}
	if name, err := os.Hostname(); err == nil {
		e.Host = name
	}
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		e.Version = b.Main.Version
	}
	return e
}

// kernelRelease is the kernel's version on systems that have it in a file, and ""
// on others.
func kernelRelease() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
