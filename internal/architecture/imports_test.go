// Package architecture tests the import rules of the module. Data goes one way, from
// scenario to plan to samples to tables, and each library is used in one place.
package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/smtpgauge/smtpgauge"

// A part is a folder of the module, with the folders below it that are not parts
// themselves. parts says which other parts each part may import. Packages of one part may
// import each other.
var parts = map[string][]string{
	"cmd": {
		"bench", "gauge", "gauge/capacity", "gauge/check", "gauge/fleet", "gauge/fleet/bundle", "gauge/fleet/bus", "gauge/serverside", "scenarios", "scenarios/criteria", "scenarios/foreign", "scenarios/tree",
		"loadgen", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire",
		"results/record", "results/tally", "results/figures", "results/compare", "results/compare/stats", "results/render", "results/human", "results/live", "results/telemetry", "results/watch",
		"internal/listening", "internal/machine", "internal/printable", "internal/smtpsink", "internal/spelling",
	},
	"bench": {
		"gauge", "gauge/capacity", "gauge/check", "scenarios", "scenarios/criteria",
		"loadgen", "loadgen/chance", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire",
		"results/record", "results/tally", "results/figures", "results/compare", "results/compare/stats", "results/render", "results/histogram",
		"internal/machine", "internal/madeup", "internal/madeup/servers", "internal/smtpsink",
	},
	"gauge": {
		"gauge/check", "gauge/serverside", "scenarios", "scenarios/criteria", "loadgen", "loadgen/sample", "results/record", "results/figures", "results/tally",
		"internal/machine", "internal/smtpsink",
	},
	"gauge/capacity": {
		"gauge", "gauge/serverside", "scenarios/criteria", "loadgen", "loadgen/pace", "loadgen/sample", "results/record", "results/figures", "results/figures/limits", "results/histogram", "results/human",
	},
	"gauge/serverside":   {"loadgen/sample", "loadgen/smtpwire", "results/tally", "internal/printable"},
	"gauge/fleet/clock":  {"loadgen/sample"},
	"gauge/check":        {"loadgen", "loadgen/mail", "loadgen/netdrive", "loadgen/sample", "loadgen/smtpwire", "results/human", "internal/machine", "internal/printable"},
	"gauge/fleet/bundle": {"scenarios", "loadgen", "loadgen/mail", "loadgen/netdrive", "internal/textfile"},
	"gauge/fleet": {
		"gauge", "gauge/check", "gauge/fleet/bus", "gauge/fleet/clock", "scenarios/criteria", "loadgen", "loadgen/pace", "loadgen/sample", "results/record", "results/figures",
		"results/human", "results/tally",
	},
	"gauge/fleet/bus": {},

	"scenarios": {
		"scenarios/criteria", "scenarios/foreign", "scenarios/tree", "loadgen", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire",
		"internal/spelling", "internal/textfile",
	},
	"scenarios/criteria": {"loadgen/sample", "internal/spelling"},
	"scenarios/foreign":  {},
	"scenarios/tree":     {"internal/printable", "loadgen/smtpwire", "internal/spelling", "internal/textfile"},

	"loadgen":          {"loadgen/chance", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire"},
	"loadgen/mail":     {"loadgen/chance", "loadgen/smtpwire", "internal/textfile"},
	"loadgen/netdrive": {"loadgen/sample"},
	"loadgen/smtpwire": {"loadgen/sample"},
	"loadgen/pace":     {"loadgen/chance"},
	"loadgen/chance":   {},
	"loadgen/sample":   {},

	// A record describes the plan of the run; the rest of it is samples.
	"results/record":        {"results/histogram", "results/human", "results/tally", "scenarios/criteria", "loadgen", "loadgen/mail", "loadgen/sample", "internal/machine"},
	"results/tally":         {"results/histogram", "loadgen/sample"},
	"results/histogram":     {},
	"results/human":         {"scenarios/criteria"},
	"results/figures":       {"results/record", "results/tally", "results/histogram", "results/human", "scenarios/criteria", "loadgen/sample"},
	"results/compare":       {"internal/spelling", "results/figures", "results/record", "results/tally", "results/compare/stats", "results/histogram", "results/human", "scenarios/criteria", "loadgen/sample"},
	"results/compare/stats": {},
	"results/metricfamily":  {},
	"results/live":          {"results/human", "results/record", "loadgen", "loadgen/pace", "loadgen/sample"},
	"results/render": {
		"results/compare", "results/compare/stats", "results/figures", "results/record", "results/tally", "results/histogram", "results/human", "results/metricfamily",
		"scenarios/criteria", "loadgen/sample", "internal/printable",
	},
	"results/telemetry": {"results/figures", "results/record", "results/tally", "results/histogram", "results/metricfamily", "loadgen", "loadgen/sample", "loadgen/smtpwire", "internal/listening", "internal/printable"},

	"results/watch": {"results/live", "results/record", "results/human", "results/render", "scenarios/criteria", "loadgen", "loadgen/sample", "internal/listening", "internal/printable"},

	"internal/machine":            {},
	"internal/listening":          {},
	"internal/printable":          {},
	"internal/spelling":           {},
	"internal/textfile":           {},
	"internal/smtpsink":           {"loadgen/sample"},
	"internal/madeup":             {"results/record", "results/tally", "scenarios/criteria", "loadgen", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire"},
	"internal/madeup/servers":     {"gauge/capacity"},
	"internal/madeup/reached":     {"results/figures", "results/tally"},
	"internal/madeup/comparisons": {"internal/madeup", "results/compare", "results/record"},
	"internal/integration":        {}, // it runs the command and reads what that prints
	"internal/architecture":       {},
	"internal/docs":               {},
	"internal/chaos":              {}, // tests only
}

// confined names the parts that may use a library. Tests may use all: there go-smtp is
// the oracle.
var confined = map[string][]string{
	"github.com/emersion/go-smtp":             {"bench", "internal/smtpsink"},
	"golang.org/x/net":                        {"loadgen/mail"},                                   // for international domain names
	"github.com/emersion/go-sasl":             {"bench", "internal/smtpsink", "loadgen/smtpwire"}, // go-smtp's server needs it
	"github.com/xdg-go/scram":                 {"internal/smtpsink", "loadgen/smtpwire"},
	"github.com/nats-io":                      {"gauge/fleet/bus"},
	"github.com/HdrHistogram/hdrhistogram-go": {"results/histogram"},
	"github.com/olekukonko/tablewriter":       {"results/render"},
	"github.com/aclements/go-moremath":        {"gauge/capacity", "results/compare/stats"},
	"golang.org/x/perf":                       {"results/compare/stats", "results/render/export"},
	"go.yaml.in/yaml":                         {"scenarios/tree"},
	"github.com/spf13":                        {"cmd"},
	"golang.org/x/term":                       {"cmd"},
	"github.com/santhosh-tekuri/jsonschema":   {},
	"github.com/rogpeppe/go-internal":         {},
	"github.com/joshdk/go-junit":              {}, // reads what results writes
	"github.com/prometheus/client_golang":     {"results/telemetry"},
	"github.com/prometheus/client_model":      {"results/telemetry"},
	"github.com/prometheus/common":            {"results/telemetry"},
	"github.com/prometheus/procfs":            {"gauge/serverside"},
	"go.opentelemetry.io":                     {"results/telemetry", "cmd"}, // cmd sets its logger
	"github.com/go-logr/logr":                 {"cmd"},                      // to keep OpenTelemetry from logging
	"google.golang.org/grpc":                  {"cmd"},                      // to keep it from logging

	// A library does not print, trap signals or have flags.
	"os/signal": {"cmd", "bench/internal"}, // programs, not libraries
	"flag":      {"bench/internal"},        // programs, not libraries
	"log":       {"cmd", "internal/smtpsink", "results/telemetry", "results/watch"},
}

// pure names the packages without I/O and without a clock, so that tests reach every detail.
var pure = []string{"gauge/fleet/clock", "loadgen/chance", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire", "scenarios/criteria"}

// impure names what these must not import. Addresses of net are only values.
var impure = []string{"net", "os", "syscall", "crypto/tls", "golang.org/x/sys"}

// TestImports checks the packages for each operating system, because a file for only one of
// them can break a rule too.
func TestImports(t *testing.T) {
	readFolders(t)
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			for _, p := range list(t, system) {
				for _, imported := range p.Imports {
					for _, fault := range faults(p.ImportPath, imported) {
						t.Error(fault)
					}
				}
			}
		})
	}
}

// TestRulesBite breaks each rule once, to see that it is found.
func TestRulesBite(t *testing.T) {
	for _, test := range []struct{ importer, imported string }{
		{"loadgen", module + "/results/record"},
		{"loadgen/netdrive", module + "/scenarios"},
		{"scenarios", module + "/results/record"},
		{"internal/smtpsink", module + "/loadgen/smtpwire"},
		{"util", "fmt"},
		{"results/record", "github.com/emersion/go-smtp"},
		{"results/render", "github.com/prometheus/client_golang/prometheus"},
		{"results/render", module + "/results/telemetry"},
		{"results/telemetry", module + "/results/render"},
		{"results/metricfamily", module + "/results/figures"},
		{"results/telemetry", "google.golang.org/grpc/grpclog"},
		{"results/record", module + "/gauge"},
		{"results/record", module + "/results/figures"},
		{"results/figures", module + "/results/compare"},
		{"results/compare", module + "/results/render"},
		{"results/human", module + "/results/render"},
		{"results/histogram", module + "/results/record"},
		{"results/tally", module + "/results/record"},
		{"gauge", module + "/results/render"},
		{"gauge", "github.com/olekukonko/tablewriter"},
		{"results/record", module + "/scenarios"},
		{"scenarios", module + "/gauge"},
		{"gauge", module + "/bench"},
		{"gauge/check", module + "/gauge"},
		{"gauge", module + "/gauge/capacity"},
		{"gauge/capacity", module + "/results/render"},
		{"gauge", module + "/results/telemetry"},
		{"gauge", "os/signal"},
		{"gauge", "log"},
		{"loadgen/mail", "github.com/emersion/go-sasl"},
		{"cmd/smtpgauge", "go.yaml.in/yaml/v4"},
		{"loadgen", "os/signal"},
		{"loadgen/smtpwire", "net"},
		{"loadgen/pace", "os/exec"},
		{"loadgen/sample", module + "/loadgen/smtpwire"},
		{"scenarios/criteria", module + "/scenarios"},
		{"scenarios/criteria", module + "/loadgen"},
		{"loadgen", module + "/scenarios/criteria"},
		{"loadgen/netdrive", module + "/loadgen/smtpwire"},
		{"loadgen/smtpwire", module + "/loadgen"},
	} {
		if len(faults(module+"/"+test.importer, test.imported)) == 0 {
			t.Errorf("%s may import %s, and should not", test.importer, test.imported)
		}
	}
}

// faults returns the rules that an import breaks.
func faults(importer, imported string) []string {
	importer = strings.TrimPrefix(importer, module+"/")
	own := partOf(importer)
	if own == "" {
		return []string{importer + " belongs to no part of the module: parts has them"}
	}
	var found []string
	if path, ours := strings.CutPrefix(imported, module+"/"); ours {
		if other := partOf(path); other != own && !slices.Contains(parts[own], other) {
			found = append(found, importer+" imports "+path+": data goes the other way")
		}
	}
	for library, places := range confined {
		if within(imported, library) && !slices.ContainsFunc(places, func(place string) bool { return within(importer, place) }) {
			found = append(found, importer+" imports "+imported+", which only these may: "+strings.Join(places, ", "))
		}
	}
	if slices.Contains(pure, importer) && imported != "net/netip" && slices.ContainsFunc(impure, func(p string) bool { return within(imported, p) }) {
		found = append(found, importer+" imports "+imported+", and is to do no I/O")
	}
	return found
}

// readFolders reads every folder of the module and ignores what is in it. It is for go
// test, which caches the result of a test until a file or folder that the test read
// changes. What go list reads does not count for that.
func readFolders(t *testing.T) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// partOf returns the part that a package belongs to: the innermost one around it.
func partOf(path string) string {
	found := ""
	for part := range parts {
		if within(path, part) && len(part) > len(found) {
			found = part
		}
	}
	return found
}

// within tells whether path is root or below it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// A listed is a package as go list describes it.
type listed struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
}

// list returns the packages of the module that are built on an operating system.
func list(t *testing.T, system string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Module", module+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module != nil && p.Module.Path == module {
			packages = append(packages, p)
		}
	}
	if len(packages) == 0 {
		t.Fatal("go list names no package of the module")
	}
	return packages
}
