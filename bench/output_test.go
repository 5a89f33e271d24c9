package bench

import (
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// inChild is the environment variable that says which benchmark BenchmarkChild runs.
const inChild = "SMTPGAUGE_BENCHMARK"

// children are benchmarks whose output the tests look at. They run in a process of their
// own, as under go test -bench.
var children = map[string]func(*testing.B){
	"ports": func(b *testing.B) { Run(b, "builtin:four-ports", Set("warmup=0s"), Set("defaults.session.think=0s")) },
	"send": func(b *testing.B) {
		s := Start(b, "builtin:four-ports", Flow("relay-25"), Set("warmup=0s"), Set("defaults.session.think=0s"))
		for b.Loop() {
			s.Send()
		}
	},
	"faults": func(b *testing.B) {
		Run(b, "testdata/inline.yaml", YAML("name: x\ntarget: {host: sink}\nflows:\n  relay: {prt: 25, load: {sessions: 0, duration: 1s}}\n"))
	},
	"missing": func(b *testing.B) { Run(b, "testdata/nowhere.yaml") },
	"flow":    func(b *testing.B) { Run(b, "builtin:four-ports", Flow("relay")) },
	"flows":   func(b *testing.B) { Start(b, "builtin:four-ports") },
	"stages": func(b *testing.B) {
		Run(b, "relay.yaml", relay("stages: [{for: 1s, from: 0 messages/s, to: 10 messages/s}]"), Set("target.host=sink"))
	},
	"packets": func(b *testing.B) {
		Run(b, "relay.yaml", relay("sessions: 1, duration: 1s"), At(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 25}))
	},
	"public": func(b *testing.B) {
		Run(b, "relay.yaml", relay("sessions: 1, duration: 1s"), Set("target.host=192.0.2.1"))
	},
	"plain": func(b *testing.B) { runSubmission(b, nil) },
	"stranger": func(b *testing.B) {
		pair, _ := certificate(b)
		runSubmission(b, pair)
	},
	"closed": func(b *testing.B) {
		l := listen(b)
		l.Close()
		s := Start(b, "relay.yaml", relay("sessions: 1, duration: 1s"), At(l.Addr()), NoProbe())
		s.Send()
	},
	"rejected": func(b *testing.B) {
		l := listen(b)
		serve(b, l, &tally{reject: true}, nil)
		Run(b, "relay.yaml", relay("sessions: 1, duration: 1s"), At(l.Addr()), NoProbe())
	},
}

// runSubmission needs STARTTLS. The server offers it only if it has a certificate, and
// the benchmark trusts none.
func runSubmission(b *testing.B, pair *tls.Certificate) {
	b.Helper()
	l := listen(b)
	serve(b, l, &tally{}, pair)
	Run(b, "submission.yaml", YAML(submission), At(l.Addr()))
}

// BenchmarkChild does nothing unless a test runs it.
func BenchmarkChild(b *testing.B) {
	f := children[os.Getenv(inChild)]
	if f == nil {
		b.Skip("it is for the tests")
	}
	f(b)
}

// output runs a benchmark in a process of its own and returns what it prints.
func output(t *testing.T, child string, flags ...string) (out string, ok bool) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, append([]string{"-test.run=^$", "-test.bench=^BenchmarkChild$"}, flags...)...)
	c.Env = append(os.Environ(), inChild+"="+child)
	printed, err := c.CombinedOutput()
	return string(printed), err == nil
}

var resultLine = regexp.MustCompile(`(?m)^(Benchmark\S+)\s+(\d+)\s+(.*)$`)

func TestLinesAsGoTestPrintsThem(t *testing.T) {
	for _, c := range []struct {
		child string
		want  []string
	}{
		{"send", []string{"BenchmarkChild", "BenchmarkChild-2"}},
		{"ports", []string{
			"BenchmarkChild/relay-25", "BenchmarkChild/relay-25-2", "BenchmarkChild/smtps-465", "BenchmarkChild/smtps-465-2",
			"BenchmarkChild/submit-587", "BenchmarkChild/submit-587-2", "BenchmarkChild/alt-2525", "BenchmarkChild/alt-2525-2",
		}},
	} {
		out, ok := output(t, c.child, "-test.benchtime=30x", "-test.count=2", "-test.cpu=1,2")
		if !ok {
			t.Fatalf("%s: %s", c.child, out)
		}
		times := map[string]int{}
		for _, line := range resultLine.FindAllStringSubmatch(out, -1) {
			times[line[1]]++
			if line[2] != "30" {
				t.Errorf("%s: %s messages, want 30", line[1], line[2])
			}
			for _, unit := range []string{"ns/op", "errors", "msgs/s", "p50-ns", "p99-ns"} {
				if !strings.Contains(line[3], " "+unit) {
					t.Errorf("%s: no %s in %s", line[1], unit, line[3])
				}
			}
		}
		for _, name := range c.want {
			if times[name] != 2 {
				t.Errorf("%s: %d lines of %s, want one for each of -count=2", c.child, times[name], name)
			}
		}
		if len(times) != len(c.want) {
			t.Errorf("%s: lines %v, want those of %v", c.child, times, c.want)
		}
	}
}

func TestOneSubBenchmark(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, "-test.run=^$", "-test.bench=Child/^smtps-465$", "-test.benchtime=5x")
	c.Env = append(os.Environ(), inChild+"=ports")
	out, err := c.CombinedOutput()
	if lines := resultLine.FindAllString(string(out), -1); err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "BenchmarkChild/smtps-465") {
		t.Errorf("%v: want the one flow\n%s", err, out)
	}
}

// What cannot be measured fails. One line at the caller's place says why.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		child string
		want  []string
	}{
		{"faults", []string{`output_test.go:\d+: testdata/inline.yaml:4:11: unknown field "prt"`, `testdata/inline.yaml:4:37: `}},
		{"missing", []string{`output_test.go:\d+: testdata/nowhere.yaml: no such file or directory`}},
		{"flow", []string{`output_test.go:\d+: builtin:four-ports: no flow is named "relay": bench.Flow can take relay-25, smtps-465, submit-587, alt-2525`}},
		{"flows", []string{`output_test.go:\d+: builtin:four-ports has the flows relay-25, .*: bench.Flow says which`}},
		{"stages", []string{`output_test.go:\d+: relay.yaml: flow relay: .* give the load a rate, or sessions`}},
		{"packets", []string{`output_test.go:\d+: relay.yaml: flow relay: bench.At: 127.0.0.1:25 is an address of udp: want tcp or unix`}},
		{"public", []string{`output_test.go:\d+: relay.yaml: 192.0.2.1 is neither loopback nor private: .*bench.MayLoad`}},
		{"plain", []string{`output_test.go:\d+: submission.yaml: submission at .*: EHLO was answered without STARTTLS.*tls: none`}},
		{"stranger", []string{`output_test.go:\d+: submission.yaml: submission at .*: the TLS handshake failed: .*target.tls.ca`}},
		{"closed", []string{`flow relay: nothing was accepted; .*refused at connect`}},
	} {
		t.Run(c.child, func(t *testing.T) {
			t.Parallel() // some wait until a server counts as lost
			out, ok := output(t, c.child, "-test.benchtime=3x")
			if ok {
				t.Error("it succeeded")
			}
			for _, want := range c.want {
				if !regexp.MustCompile(want).MatchString(out) {
					t.Errorf("no %s in\n%s", want, out)
				}
			}
			if resultLine.MatchString(out) {
				t.Errorf("there is a result:\n%s", out)
			}
		})
	}
}

func TestRejectionsAreLogged(t *testing.T) {
	out, ok := output(t, "rejected", "-test.benchtime=7x")
	if want := "flow relay: 7 times recipient-unknown at rcpt: "; !ok || !strings.Contains(out, want) {
		t.Errorf("no %q in\n%s", want, out)
	}
}
