package bench

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A table is what benchstat makes of one unit: by benchmark, the cells of its
// row.
type table map[string][]string

// benchstat runs the real benchstat on files, and returns its tables by unit.
func benchstat(t *testing.T, files ...string) map[string]table {
	t.Helper()
	out := run(t, "go", append([]string{"tool", "benchstat", "-format", "csv"}, files...)...)
	reader := csv.NewReader(strings.NewReader(out))
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tables := map[string]table{}
	var current table
	for _, record := range records {
		switch {
		case len(record) > 2 && record[0] == "" && record[2] == "CI":
			current = table{}
			tables[record[1]] = current
		case current != nil && len(record) > 2 && record[0] != "" && record[0] != "geomean":
			current[record[0]] = record[1:]
		}
	}
	return tables
}

// run runs a program and returns what it prints on stdout.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var interval = regexp.MustCompile(`^\d+%$`)

// checkTables checks that the table of each unit has a row for each benchmark, with a
// value and an interval.
func checkTables(t *testing.T, tables map[string]table, units, benchmarks []string) {
	t.Helper()
	for _, unit := range units {
		rows, ok := tables[unit]
		if !ok {
			t.Errorf("no table of %s", unit)
			continue
		}
		for _, name := range benchmarks {
			cells := rows[name]
			if len(cells) < 2 || cells[0] == "" || !interval.MatchString(cells[1]) {
				t.Errorf("%s of %s: cells %q, want a value and an interval", unit, name, cells)
			}
		}
		if len(rows) != len(benchmarks) {
			t.Errorf("%s has %d rows, want %d", unit, len(rows), len(benchmarks))
		}
	}
}

func TestBenchstatReadsBenchmarks(t *testing.T) {
	out, ok := output(t, "ports", "-test.benchtime=20x", "-test.count=6", "-test.cpu=2")
	if !ok {
		t.Fatal(out)
	}
	file := write(t, "new.txt", out)
	tables := benchstat(t, file)
	units := []string{"sec/op", "msgs/s", "p50-sec", "p99-sec", "errors"} // on a busy machine, invalid as well
	checkTables(t, tables, units, []string{"Child/relay-25-2", "Child/smtps-465-2", "Child/submit-587-2", "Child/alt-2525-2"})

	tables = benchstat(t, file, file)
	for _, unit := range units {
		for name, cells := range tables[unit] {
			if len(cells) != 6 || cells[4] != "~" || !strings.Contains(cells[5], "n=6") {
				t.Errorf("%s of %s against itself: %q, want no difference over six samples", unit, name, cells)
			}
		}
	}
}

func TestBenchstatReadsRunFiles(t *testing.T) {
	command := filepath.Join(t.TempDir(), "smtpgauge")
	run(t, "go", "build", "-o", command, "../cmd/smtpgauge")
	scenario := write(t, "two.yaml", `name: two
target: {host: sink}
defaults: {load: {sessions: 2, messages: 30}}
flows:
  relay-25: {port: 25}
  submit-587: {port: 587, auth: {mechanism: PLAIN, username: bench, password: bench}}
schedule: {flows: in-turn}
`)
	file := filepath.Join(t.TempDir(), "two.jsonl")
	// On a busy machine the verdict may be invalid.
	_ = exec.CommandContext(t.Context(), command, "run", scenario, "--repeat", "6", "--quiet", "-o", file).Run()
	exported := write(t, "two.txt", run(t, command, "show", file, "--format", "benchfmt"))

	tables := benchstat(t, exported)
	var names []string
	for name := range tables["msgs/s"] {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) != 2 || !strings.HasPrefix(names[0], "SMTP/flow=relay-25-") || !strings.HasPrefix(names[1], "SMTP/flow=submit-587-") {
		t.Fatalf("rows %q, want one for each flow", names)
	}
	checkTables(t, tables, []string{"msgs/s", "p50-sec", "p99-sec", "errors"}, names)
}
