package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestMain(m *testing.M) {
	os.Setenv("GORACE", noWaitAtExit) // for children
	testscript.Main(m, map[string]func(){"smtpgauge": func() {
		s := newStreams(os.Stdin, os.Stdout, os.Stderr)
		s.freeCores = unknownCores
		os.Exit(runProcess(s))
	}})
}

// noWaitAtExit is GORACE for a process that need not wait, for a second, whether a race
// shows once it has ended.
const noWaitAtExit = "atexit_sleep_ms=0"

// unknownCores takes the place of looking at the machine: tests have to pass
// however busy it is.
func unknownCores(context.Context) (float64, bool) { return 0, false }

// TestScripts runs testdata/script/*.txtar, which specify the command. There is a
// server at $PORT and, with STARTTLS, at $PORT_TLS, under the authority in ca.pem.
// It takes 20 ms for each message, so that a run is long enough to be measured.
// Another, at $PORT_SMALL, takes messages of 1 MiB at most. What depends on how
// long something took is tested with made-up runs only, since this machine may be
// busy.
func TestScripts(t *testing.T) {
	ports := map[string]net.Addr{}
	place := func(c smtpsink.Config, names ...string) *smtpsink.Server {
		sink, err := smtpsink.Start(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sink.Close() })
		for i, name := range names {
			ports[name] = sink.Addrs()[i]
		}
		return sink
	}
	sink := place(smtpsink.Config{
		Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}, {Address: "127.0.0.1:0", TLS: sample.TLSStart}},
		Accounts:  []smtpsink.Account{{Username: "bench", Password: "hush-hush"}},
		Delays:    map[string]time.Duration{"body": 20 * time.Millisecond},
	}, "PORT", "PORT_TLS")
	place(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}, MaxMessage: 1 << 20}, "PORT_SMALL")
	testscript.Run(t, testscript.Params{
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", noWaitAtExit)
			for name, address := range ports {
				e.Setenv(name, strconv.Itoa(address.(*net.TCPAddr).Port))
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "ca.pem"), sink.CAPEM(), 0o600)
		},
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"count":  count,
			"json":   jsonField,
			"makeup": makeUp,
		},
	})
}

// exits CODES COMMAND... runs a command, and fails if its exit code is not among
// CODES, which are separated by commas.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		_, code, _ = strings.Cut(err.Error(), "exit status ")
	}
	if !slices.Contains(strings.Split(args[0], ","), code) {
		ts.Fatalf("exit code %q (%v), want %s\nstdout:\n%s\nstderr:\n%s", code, err, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// count N FILE PATTERN wants so many files to match a pattern, or so many
// lines of a file to hold a text.
func count(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: count N FILE TEXT, or count N files PATTERN")
	}
	var n int
	if args[1] == "files" {
		found, err := filepath.Glob(ts.MkAbs(args[2]))
		ts.Check(err)
		n = len(found)
	} else {
		for line := range strings.Lines(ts.ReadFile(args[1])) {
			if strings.Contains(line, args[2]) {
				n++
			}
		}
	}
	if fmt.Sprint(n) != args[0] {
		ts.Fatalf("%d with %q in %s, want %s", n, args[2], args[1], args[0])
	}
}

// jsonField FILE PATH PATTERN wants the value at a path of a JSON document to
// match, all of it.
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH PATTERN")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for step := range strings.SplitSeq(args[1], ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				ts.Fatalf("no %s in a list of %d", step, len(in))
			}
			v = in[i]
		default:
			ts.Fatalf("nothing below %v for %s", v, step)
		}
	}
	if got := fmt.Sprint(v); !regexp.MustCompile(`^(` + args[2] + `)$`).MatchString(got) {
		ts.Fatalf("%s is %s, want %s", args[1], got, args[2])
	}
}
