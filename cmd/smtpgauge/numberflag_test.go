package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
)

// noNumber is texts that no flag accepts as a number.
var noNumber = []string{"", "NaN", "nan", "Inf", "+Inf", "-Inf", "1e999", "-1", "0x1p-4", "1_0", "99999999999999999999", "many"}

// TestEveryNumberIsBounded goes through all flags of all commands: those for a
// number refuse other texts, and numbers that make no sense.
func TestEveryNumberIsBounded(t *testing.T) {
	zero := []string{"0"}
	bad := map[string][]string{ // by command and flag, beside noNumber
		"run repeat": {"0", "1001"}, "ab repeat": {"0", "1001"}, "noise repeat": {"0", "1001"},
		"compare alpha": {"0", "-0", "1", "2", "1e-400"}, "ab alpha": {"0", "1"}, "noise alpha": {"0", "1"},
		"compare min-effect": {"3", "0%", "0.0%", "-3%", "NaN%", "Inf%", "1e9%"}, "ab min-effect": {"3", "0%", "1e9%"},
		"quick sessions": zero, "quick messages": zero, "quick per-session": nil, "quick rate": nil, "quick for": {"0s"}, "quick size": nil,
		"sink max-message": zero, "sink delay": {"rcpt=-1ms", "rcpt=NaN", "rcpt=1e999s", "rcpt=9999999999h"},
	}
	root := newRoot(newStreams(strings.NewReader(""), io.Discard, io.Discard))
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			name := c.Name() + " " + f.Name
			values, known := bad[name]
			if !known {
				if plainNumber(f) {
					t.Errorf("%s takes any number: use a numberflag.Whole, or say here what it refuses", name)
				}
				return
			}
			delete(bad, name)
			for _, value := range append(slices.Clone(noNumber), values...) {
				refused(t, c, f.Name, value)
			}
		})
	}
	for name := range bad {
		t.Errorf("there is no flag %s", name)
	}
}

// plainNumber reports whether a flag is one of pflag's own numbers.
func plainNumber(f *pflag.Flag) bool {
	kind := fmt.Sprintf("%T", f.Value)
	return strings.HasPrefix(kind, "*pflag.") && !strings.Contains(kind, "string") && !strings.Contains(kind, "bool")
}

// refused wants a usage error of a few lines, before anything is done.
func refused(t *testing.T, c *cobra.Command, flag, value string) {
	t.Helper()
	args := []string{c.Name(), "--" + flag + "=" + value}
	if c.Name() == "quick" {
		args = append(args, "sink", "--dry-run")
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitUsage || stdout.Len() > 0 {
		t.Errorf("%q: exit %d, stdout %q, stderr %q", args, code, stdout.String(), stderr.String())
	}
	if lines := strings.Count(stderr.String(), "\n"); lines < 1 || lines > 3 {
		t.Errorf("%q: %d lines: %s", args, lines, stderr.String())
	}
}

func TestNumbersThatAreTaken(t *testing.T) {
	for text, want := range map[string]float64{"0.05": 0.05, "1e-3": 1e-3, ".5": .5, "0.999": 0.999} {
		var f numberflag.Chance
		if err := f.Set(text); err != nil || float64(f) != want {
			t.Errorf("%q is %v, %v", text, f, err)
		}
	}
	for text, want := range map[string]int{"1": 1, "1000": 1000, "007": 7} {
		f := numberflag.Whole{Least: 1, Most: maxRepeat}
		if err := f.Set(text); err != nil || f.Value != want {
			t.Errorf("%q is %+v, %v", text, f, err)
		}
	}
}
