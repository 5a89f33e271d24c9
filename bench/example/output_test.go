package example

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

var (
	result = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+(\d+)\s+(.*)$`)
	metric = regexp.MustCompile(`([0-9.e+]+) (\S+)`)
)

// TestBenchmarks runs the benchmarks as go test -bench does, for a moment. It keeps the
// example working. Do not copy it.
func TestBenchmarks(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "-test.run=^$", "-test.bench=.", "-test.benchtime=60x").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := map[string]bool{}
	for _, line := range result.FindAllStringSubmatch(string(out), -1) {
		name := line[1]
		seen[name] = true
		values := map[string]float64{}
		for _, m := range metric.FindAllStringSubmatch(line[3], -1) {
			if values[m[2]], err = strconv.ParseFloat(m[1], 64); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if line[2] != "60" {
			t.Errorf("%s: %s messages, want 60", name, line[2])
		}
		if errors, ok := values["errors"]; !ok || errors != 0 {
			t.Errorf("%s: %v errors, want 0", name, values["errors"])
		}
		if values["msgs/s"] <= 0 || values["p50-ns"] <= 0 || values["p99-ns"] < values["p50-ns"] {
			t.Errorf("%s: %v: want messages a second, and 0 < p50 <= p99", name, values)
		}
	}
	for _, name := range []string{"Ports/relay", "Ports/submission", "Arrivals", "OneMessage"} {
		if !seen[name] {
			t.Errorf("no result of %s in\n%s", name, out)
		}
	}
}
