package bench

import (
	"context"
	"crypto/tls"
	"flag"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	freeCores = func(context.Context) (float64, bool) { return 0, false }
	os.Exit(m.Run())
}

// relay returns a scenario of one flow with a load.
func relay(load string) Option {
	return YAML(`name: relay
target: {host: mx.example.test}
flows:
  relay: {port: 25, load: {` + load + `}, session: {messages: 5}}
`)
}

// benchmark runs f as go test -benchtime does. If the benchmark fails, the test does.
func benchmark(t *testing.T, benchtime string, f func(*testing.B)) testing.BenchmarkResult {
	t.Helper()
	before := flag.Lookup("test.benchtime").Value.String()
	if err := flag.Set("test.benchtime", benchtime); err != nil {
		t.Fatal(err)
	}
	defer flag.Set("test.benchtime", before)
	r := testing.Benchmark(f)
	if r.N == 0 {
		t.Fatal("the benchmark failed")
	}
	return r
}

// untilWarm measures with longer and longer warm-ups, until one is long enough for a
// message. How long that is depends on how busy the machine is.
func untilWarm(measure func(warmup string) (warm bool)) {
	for warmup := 20 * time.Millisecond; !measure("warmup=" + warmup.String()); warmup *= 2 {
	}
}

func TestEveryMessageIsSent(t *testing.T) {
	for name, load := range map[string]string{
		"closed":                      "sessions: 4, duration: 1h",
		"an amount of its own":        "sessions: 4, messages: 7",
		"more sessions than messages": "sessions: 300, duration: 1s",
		"messages arrive":             "rate: 2000 messages/s, duration: 10ms",
		"sessions arrive":             "rate: 500 sessions/s, duration: 10ms",
	} {
		t.Run(name, func(t *testing.T) {
			for _, shards := range []int{1, 3} {
				if delivered := sendHundred(t, load, "warmup=0s", Shards(shards)); delivered != 100 {
					t.Errorf("%d shards: the server has %d messages, want 100", shards, delivered)
				}
			}
		})
	}
}

// The messages of a warm-up do not count.
func TestWarmupSendsToo(t *testing.T) {
	for name, load := range map[string]string{
		"closed": "sessions: 4, duration: 1h", "messages arrive": "rate: 2000 messages/s, duration: 1s",
	} {
		t.Run(name, func(t *testing.T) {
			untilWarm(func(warmup string) bool { return sendHundred(t, load, warmup) > 100 })
		})
	}
}

// sendHundred sends a hundred messages, and returns how many the server got.
func sendHundred(t *testing.T, load, set string, more ...Option) (delivered int64) {
	t.Helper()
	l, got := listen(t), &tally{}
	serve(t, l, got, nil)
	r := benchmark(t, "100x", func(b *testing.B) { Run(b, "relay.yaml", append(more, relay(load), Set(set), At(l.Addr()))...) })
	if r.N != 100 || r.Extra["errors"] != 0 {
		t.Errorf("%d messages, %v errors: want 100 and none", r.N, r.Extra["errors"])
	}
	return got.delivered.Load()
}

func TestBenchtimeIsATime(t *testing.T) {
	l, got := listen(t), &tally{}
	serve(t, l, got, nil)
	r := benchmark(t, "50ms", func(b *testing.B) { Run(b, "relay.yaml", relay("sessions: 4, duration: 1h"), At(l.Addr())) })
	if int64(r.N) != got.delivered.Load() || r.T.Milliseconds() < 50 {
		t.Errorf("%d messages in %v, and the server has %d: want as many, in 50 ms or more", r.N, r.T, got.delivered.Load())
	}
}

func TestMetrics(t *testing.T) {
	l := listen(t)
	serve(t, l, &tally{}, nil)
	before := runtime.GOMAXPROCS(0)
	r := benchmark(t, "200x", func(b *testing.B) { Run(b, "relay.yaml", relay("sessions: 4, duration: 1h"), At(l.Addr())) })
	p50, p99, rate, each := r.Extra["p50-ns"], r.Extra["p99-ns"], r.Extra["msgs/s"], r.Extra["ns/op"]
	if p50 <= 0 || p99 < p50 || r.Extra["errors"] != 0 {
		t.Errorf("metrics %v: want 0 < p50 <= p99 and no errors", r.Extra)
	}
	if product := rate * each / 1e9; math.Abs(product-1) > 1e-6 {
		t.Errorf("%v msgs/s and %v ns/op: without errors each should be the other's inverse", rate, each)
	}
	// Four sessions do four messages at a time, and half of the messages take p50
	// or longer.
	if .999*p50 > 8*each {
		t.Errorf("%v ns/op and p50 %v ns: four sessions cannot do that", each, p50)
	}
	if after := runtime.GOMAXPROCS(0); after != before {
		t.Errorf("GOMAXPROCS is %d afterwards, and was %d", after, before)
	}
}

// Under open load the benchmark's iterations come at the rate of the arrivals: none
// begins before it is due.
func TestOpenLoadKeepsItsPace(t *testing.T) {
	l := listen(t)
	serve(t, l, &tally{}, nil)
	var whole time.Duration
	r := benchmark(t, "200x", func(b *testing.B) {
		began := time.Now()
		Run(b, "relay.yaml", relay("rate: 1000 messages/s, duration: 1s"), At(l.Addr()))
		whole = time.Since(began)
	})
	if whole < 199*time.Millisecond {
		t.Errorf("200 messages at 1000 messages/s are over in %v", whole)
	}
	rate, each := r.Extra["msgs/s"], r.Extra["ns/op"]
	if rate < 0 || each <= 0 || each > float64(whole)/200 || r.Extra["p50-ns"] <= 0 {
		t.Errorf("metrics %v of 200 messages in %v", r.Extra, whole)
	}
	// No more messages are accepted during the load than arrive.
	if product := rate * each / 1e9; product > 1+1e-6 {
		t.Errorf("%v msgs/s and %v ns/op: more was accepted than arrived", rate, each)
	}
}

// The time of the warm-up is in no metric.
func TestWarmupIsNotTimed(t *testing.T) {
	l := listen(t)
	serve(t, l, &tally{}, nil)
	const warmup = 500 * time.Millisecond
	for name, measure := range map[string]func(*testing.B, ...Option){
		"Run": func(b *testing.B, o ...Option) { Run(b, "relay.yaml", o...) },
		"Start": func(b *testing.B, o ...Option) {
			s := Start(b, "relay.yaml", o...)
			for b.Loop() {
				s.Send()
			}
		},
	} {
		var whole time.Duration
		r := benchmark(t, "4x", func(b *testing.B) {
			began := time.Now()
			measure(b, relay("sessions: 1, duration: 1h"), Set("warmup="+warmup.String()), At(l.Addr()))
			whole = time.Since(began)
		})
		if took := time.Duration(r.N) * time.Duration(r.NsPerOp()); took > whole-warmup || r.T > whole-warmup {
			t.Errorf("%s: four messages took %v, by the timer %v, of %v with the warm-up", name, took, r.T, whole)
		}
	}
}

// A server that says no is measured. How often it does is a metric.
func TestRejectionsAreErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		server *tally
	}{{"no recipient", &tally{reject: true}}, {"TLS required", &tally{lock: true}}} {
		t.Run(c.name, func(t *testing.T) {
			l := listen(t)
			serve(t, l, c.server, nil)
			r := benchmark(t, "20x", func(b *testing.B) { Run(b, "relay.yaml", relay("sessions: 2, duration: 1h"), At(l.Addr()), NoProbe()) })
			if r.Extra["errors"] != 20 || r.Extra["msgs/s"] != 0 || c.server.delivered.Load() != 0 {
				t.Errorf("metrics %v, the server has %d: want 20 errors and nothing delivered", r.Extra, c.server.delivered.Load())
			}
			if p50, ok := r.Extra["p50-ns"]; ok {
				t.Errorf("p50 of %v ns from no message", p50)
			}
		})
	}
}

const submission = `name: submission
target: {host: mail.example.test}
flows:
  submission:
    port: 587
    auth: {mechanism: PLAIN, username: bench@example.test, password: open sesame}
    load: {sessions: 2, duration: 1h}
    session: {messages: 5}
`

func TestServersCertificateIsTrusted(t *testing.T) {
	pair, pool := certificate(t)
	for _, c := range []struct {
		name    string
		options []Option
	}{
		{"pool", []Option{Trust(pool)}},
		{"pool in place of a file", []Option{Trust(pool), Set("target.tls.ca=not-here.pem")}},
		{"pool and name", []Option{Trust(pool), Set("target.tls.server_name=example.com")}},
		{"config", []Option{TLS(&tls.Config{RootCAs: pool})}},
		{"config with a name", []Option{TLS(&tls.Config{RootCAs: pool, ServerName: "example.com"})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, got := listen(t), &tally{}
			serve(t, l, got, pair)
			r := benchmark(t, "20x", func(b *testing.B) {
				Run(b, "submission.yaml", append(c.options, YAML(submission), At(l.Addr()))...)
			})
			if r.Extra["errors"] != 0 || got.secured.Load() != 20 || got.authenticated.Load() == 0 {
				t.Errorf("%v errors, %d messages under TLS, %d AUTH: want none, 20 and some", r.Extra["errors"], got.secured.Load(), got.authenticated.Load())
			}
		})
	}
}

func TestListenersOfEveryKind(t *testing.T) {
	pair, pool := certificate(t)
	everywhere, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "bench") // t.TempDir may be too long a path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	socket, err := net.Listen("unix", filepath.Join(folder, "smtp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		listener net.Listener
		set      string
	}{
		{"every address", everywhere, "flows.relay.tls=none"},
		{"Unix socket", socket, "flows.relay.tls=none"},
		{"implicit TLS", tls.NewListener(listen(t), &tls.Config{Certificates: []tls.Certificate{*pair}}), "flows.relay.tls=implicit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := &tally{}
			serve(t, c.listener, got, nil)
			benchmark(t, "20x", func(b *testing.B) {
				Run(b, "relay.yaml", relay("sessions: 2, duration: 1h"), Set(c.set), At(c.listener.Addr()), Trust(pool))
			})
			if got.delivered.Load() != 20 {
				t.Errorf("the server has %d messages, want 20", got.delivered.Load())
			}
		})
	}
}

func TestBuiltInServerAndScenarios(t *testing.T) {
	r := benchmark(t, "20x", func(b *testing.B) { Run(b, "builtin:four-ports", Flow("submit-587"), Set("warmup=0s")) })
	if r.N != 20 || r.Extra["errors"] != 0 {
		t.Errorf("%d messages, %v errors: want 20 and none", r.N, r.Extra["errors"])
	}
}

// An invalid measurement has a metric that says so.
func TestInvalidMeasurementShows(t *testing.T) {
	usual := freeCores
	t.Cleanup(func() { freeCores = usual })
	freeCores = func(context.Context) (float64, bool) { return 0, true }
	r := benchmark(t, "20x", func(b *testing.B) { Run(b, "builtin:four-ports", Flow("relay-25"), Set("warmup=0s")) })
	if r.Extra["invalid"] != 1 {
		t.Errorf("metrics %v: want invalid", r.Extra)
	}
}
