// Package architecture holds the import rules of the module: data goes one
// way, from scenario to plan to samples to tables, and each library has one
// place where it is used.
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

// A part is a folder of the module with those below it that are no parts
// themselves. parts says which other parts each may import; packages of one part
// may import each other.
var parts = map[string][]string{
	"cmd":                   {"bench", "gauge", "internal/printable", "internal/smtpsink", "loadgen", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire", "results", "scenarios", "telemetry", "scenarios/criteria"},
	"bench":                 {"gauge", "internal/madeup", "internal/smtpsink", "loadgen", "loadgen/chance", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire", "results", "scenarios", "scenarios/criteria"},
	"gauge":                 {"internal/smtpsink", "loadgen", "loadgen/sample", "results", "scenarios", "scenarios/criteria"},
	"scenarios/criteria":    {"internal/spelling", "loadgen/sample"},
	"scenarios":             {"internal/spelling", "internal/textfile", "loadgen", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire", "scenarios/criteria"},
	"results":               {"internal/printable", "loadgen", "loadgen/mail", "loadgen/sample", "scenarios/criteria"},
	"telemetry":             {"internal/printable", "loadgen", "loadgen/sample", "loadgen/smtpwire", "results", "scenarios/criteria"},
	"loadgen":               {"loadgen/chance", "loadgen/mail", "loadgen/netdrive", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire"},
	"loadgen/chance":        {},
	"loadgen/mail":          {"internal/textfile", "loadgen/chance", "loadgen/smtpwire"},
	"loadgen/netdrive":      {"loadgen/sample"},
	"loadgen/pace":          {"loadgen/chance"},
	"loadgen/sample":        {},
	"loadgen/smtpwire":      {"loadgen/sample"},
	"internal/printable":    {},
	"internal/smtpsink":     {"loadgen/sample"},
	"internal/spelling":     {},
	"internal/madeup":       {"loadgen", "loadgen/sample", "results", "scenarios/criteria"},
	"internal/textfile":     {},
	"internal/integration":  {}, // it runs the command and reads what that prints
	"internal/architecture": {},
	"internal/chaos":        {}, // tests alone
	"internal/docs":         {}, // the same
}

// confined names the parts a library is used in. Tests are free: there
// go-smtp's client is the oracle.
var confined = map[string][]string{
	"github.com/emersion/go-smtp":             {"bench", "internal/smtpsink"},
	"golang.org/x/net":                        {"loadgen/mail"},                                   // of it, international domain names
	"github.com/emersion/go-sasl":             {"bench", "internal/smtpsink", "loadgen/smtpwire"}, // go-smtp's server speaks it
	"github.com/xdg-go/scram":                 {"internal/smtpsink", "loadgen/smtpwire"},
	"github.com/HdrHistogram/hdrhistogram-go": {"results"},
	"github.com/olekukonko/tablewriter":       {"results"},
	"golang.org/x/perf":                       {"results"},
	"go.yaml.in/yaml":                         {"scenarios"},
	"github.com/spf13":                        {"cmd"},
	"golang.org/x/term":                       {"cmd"},
	"github.com/santhosh-tekuri/jsonschema":   {},
	"github.com/rogpeppe/go-internal":         {},
	"github.com/joshdk/go-junit":              {}, // reads what results writes
	"github.com/prometheus":                   {"telemetry"},
	"go.opentelemetry.io":                     {"telemetry"},
	"github.com/go-logr/logr":                 {"telemetry"}, // to keep OpenTelemetry from logging
	"google.golang.org/grpc":                  {"telemetry"}, // to keep it from logging

	// A library neither prints nor traps signals, and has no flags.
	"os/signal": {"cmd"},
	"flag":      {"bench/internal"}, // programs, not libraries
	"log":       {"cmd", "internal/smtpsink", "telemetry"},
}

// pure names the packages without I/O and without a clock, which is what lets
// them be tested in every detail.
var pure = []string{"loadgen/chance", "loadgen/pace", "loadgen/sample", "loadgen/smtpwire", "scenarios/criteria"}

// impure is what those stay away from; of net, addresses are mere values.
var impure = []string{"net", "os", "syscall", "crypto/tls", "golang.org/x/sys"}

// TestImports looks at the packages as they are on each system they are
// written for, since a file for only one of them can break a rule too.
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

// TestRulesBite breaks each rule once.
func TestRulesBite(t *testing.T) {
	for _, test := range []struct{ importer, imported string }{
		{"loadgen", module + "/results"},
		{"loadgen/netdrive", module + "/scenarios"},
		{"scenarios", module + "/results"},
		{"internal/smtpsink", module + "/loadgen/smtpwire"},
		{"util", "fmt"},
		{"results", "github.com/emersion/go-smtp"},
		{"results", "github.com/prometheus/client_golang/prometheus"},
		{"results", module + "/telemetry"},
		{"results", module + "/gauge"},
		{"scenarios", module + "/gauge"},
		{"gauge", module + "/bench"},
		{"gauge", module + "/telemetry"},
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

// faults says which rules an import breaks.
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

// readFolders reads every folder of the module. It has no use here for what it
// sees, but go test has: it keeps a test's result until a file or folder that
// the test looked at changes, and does not know what go list looks at.
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

// partOf finds the part a package belongs to, the innermost of those around it.
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

// A listed package is what go list says of one.
type listed struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
}

// list returns the packages of the module that are built on a system.
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
