package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"
)

var units = []string{"smtpgauge-agent.service", "smtpgauge-watch@.service"}

// setting returns the values of a setting of a unit.
func setting(t *testing.T, name, section, key string) []string {
	t.Helper()
	file, err := os.Open(filepath.Join("systemd", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := unit.DeserializeOptions(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, o := range all {
		if o.Section == section && o.Name == key {
			found = append(found, o.Value)
		}
	}
	return found
}

// arguments returns the command line of a unit, as it is with a value in place of each
// variable.
func arguments(t *testing.T, name string) []string {
	t.Helper()
	lines := setting(t, name, "Service", "ExecStart")
	if len(lines) != 1 {
		t.Fatalf("%s has %d commands", name, len(lines))
	}
	line := strings.NewReplacer("${SMTPGAUGE_JOIN}", "smtpgauge://10.0.0.10:4222", "%i", "postfix").Replace(lines[0])
	args := strings.Fields(line)
	if args[0] != "/usr/local/bin/smtpgauge" || strings.ContainsAny(line, "$%") {
		t.Errorf("%s runs %s", name, line)
	}
	return args[1:]
}

func TestSystemd(t *testing.T) {
	for _, name := range units {
		args := arguments(t, name)
		accepted(t, args)
		withoutSecret(t, args)
		if got := value(t, args, "--join"); got != "smtpgauge://10.0.0.10:4222" {
			t.Errorf("%s joins %q", name, got)
		}
		if got := value(t, args, "--watch"); (got == "postfix") != strings.Contains(name, "watch") {
			t.Errorf("%s watches %q", name, got)
		}
		if slices.Contains(args, "--once") {
			t.Errorf("%s takes part in one run only, and is started again all the same", name)
		}
		if got := setting(t, name, "Service", "EnvironmentFile"); !slices.Equal(got, []string{"/etc/smtpgauge/agent.env"}) {
			t.Errorf("%s has the token from %q", name, got)
		}
		if got := setting(t, name, "Service", "Environment"); len(got) > 0 {
			t.Errorf("%s has %q for everybody to read", name, got)
		}
	}
	// A watcher looks at the processes of other users. Nothing else needs a capability.
	for name, want := range map[string]string{units[0]: "", units[1]: "CAP_SYS_PTRACE"} {
		if got := setting(t, name, "Service", "CapabilityBoundingSet"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s may have the capabilities %q", name, got)
		}
	}
}

// mostExposed is the most that systemd-analyze security may find, of 100.
const mostExposed = 30

// systemd itself reads the units: a setting that it does not know is a fault. The program is
// not in /usr/local/bin here, so it stands elsewhere.
func TestSystemdVerify(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze: make deploy-test installs it")
	}
	folder := t.TempDir()
	var paths []string
	for _, name := range units {
		text, err := os.ReadFile(filepath.Join("systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, strings.Replace(name, "@", "@postfix", 1))
		here := strings.ReplaceAll(string(text), "/usr/local/bin/smtpgauge", command(t))
		if err := os.WriteFile(path, []byte(here), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	out, err := exec.CommandContext(t.Context(), analyze, append([]string{"verify", "--man=no"}, paths...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	for _, path := range paths {
		out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=yes", "--no-pager", "--threshold="+strconv.Itoa(mostExposed), path).CombinedOutput()
		if err != nil {
			t.Errorf("systemd-analyze security: %v\n%s", err, out)
		}
	}
}
