package chaos

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/render"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The combinations that seeds go through.
var (
	tlsModes    = []string{"none", "starttls", "implicit"}
	pipelinings = []string{"auto", "on", "off"}
	mechanisms  = []string{"", "strongest", "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"}
)

const combinations = 3 * 3 * 9 * 2 * 2

// A trial is a run against a server that misbehaves, drawn from a seed.
type trial struct {
	seed       uint64
	tls        string
	pipelining string
	mechanism  string // "" for no AUTH
	lmtp, bdat bool
	secrets    secrets
	recipients int
	load       string
	settings   string // of the session
	size       string
	timeouts   string
	shards     int
	portable   bool // use the driver of systems other than Linux
	plan       func(session int) plan
	drain      time.Duration // until the run is drained; 0 for never
	cancel     time.Duration // until it is stopped; 0 for never
}

// drawTrial draws the trial of a seed.
func drawTrial(seed uint64) trial {
	r := rand.New(rand.NewPCG(seed, 1))
	// The factor has no divisor in common with the number of combinations. So all
	// combinations come, and successive seeds differ in more than one thing.
	n := int(seed * 89 % combinations)
	digit := func(base int) int {
		d := n % base
		n /= base
		return d
	}
	t := trial{
		seed: seed, tls: tlsModes[digit(3)], pipelining: pipelinings[digit(3)], mechanism: mechanisms[digit(9)],
		timeouts: "{connect: 5s, tls: 400ms, command: 200ms, body: 200ms}",
		lmtp:     digit(2) == 1, bdat: digit(2) == 1, secrets: drawSecrets(r), recipients: 1 + r.IntN(4), shards: 1 + r.IntN(2),
	}
	t.size = []string{"1KiB", "1KiB", "1KiB", "1KiB", "5000B", "64KiB", "1MiB", "1MiB"}[r.IntN(8)]
	t.load = []string{
		fmt.Sprintf("{sessions: %d, messages: %d}", 1+r.IntN(3), 2+r.IntN(5)),
		"{sessions: 3, duration: 150ms}",
		"{rate: 80 sessions/s, max_sessions: 4, duration: 100ms, arrivals: poisson}",
		"{rate: 120 messages/s, max_sessions: 3, duration: 100ms}",
	}[r.IntN(4)]
	t.settings = fmt.Sprintf("messages: %d, think: %s", r.IntN(4), []string{"0s", "0s", "5ms"}[r.IntN(3)])
	if t.bdat {
		chunk := []string{"", ", chunk_size: 100B", ", chunk_size: 16KiB"}[r.IntN(3)]
		t.settings += ", bdat: true" + chunk
		if chunk == ", chunk_size: 100B" {
			t.size = "5000B" // each chunk is a round trip
		}
	}
	t.portable = r.IntN(4) == 0
	switch r.IntN(12) {
	case 0:
		t.drain = time.Duration(r.IntN(200)) * time.Millisecond
	case 1:
		t.cancel = time.Duration(r.IntN(200)) * time.Millisecond
	}
	t.plan = func(session int) plan {
		p := drawPlan(rand.New(rand.NewPCG(seed, 2+uint64(session))))
		for i := range p.faults {
			if t.portable && p.faults[i].kind == handshaken {
				// crypto/tls answers such a message without the lock that a writer
				// in another goroutine has. The race detector would find that.
				p.faults[i].form &^= huge
			}
		}
		return p
	}
	return t
}

// String describes the trial on a few lines, with the plans of its first sessions.
func (t *trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "tls %s, lmtp %v, bdat %v, pipelining %s, auth %q, load %s, session {%s}, size %s, %d recipients, %d shards, portable %v, drain %v, cancel %v\n",
		t.tls, t.lmtp, t.bdat, t.pipelining, t.mechanism, t.load, t.settings, t.size, t.recipients, t.shards, t.portable, t.drain, t.cancel)
	for n := range 6 {
		p := t.plan(n)
		fmt.Fprintf(&b, "session %d: %s\n", n, &p)
	}
	return b.String()
}

// scenario returns the trial as a scenario.
func (t *trial) scenario(port int) string {
	auth := ""
	if t.mechanism != "" {
		word := "password"
		if t.mechanism == "XOAUTH2" || t.mechanism == "OAUTHBEARER" {
			word = "token"
		}
		auth = fmt.Sprintf("username: %s, %s: %q", t.secrets.username, word, t.secrets.password)
		if t.mechanism != "strongest" {
			auth += ", mechanism: " + t.mechanism
		}
		auth = "auth: {" + auth + "}"
	}
	return fmt.Sprintf(`name: chaos
target: {host: 127.0.0.1, lmtp: %v}
flows:
  chaos:
    port: %d
    tls: %s
    load: %s
    session: {pipelining: %s, %s}
    message: {size: %s}
    envelope: {from: a@example.test, to: "u{1..9}@example.test", recipients: %d}
    timeouts: %s
    %s
thresholds: [chaos.message.p99 < 1s, chaos.errors < 1%%]
`, t.lmtp, port, t.tls, t.load, t.pipelining, t.settings, t.size, t.recipients, t.timeouts, auth)
}

// An ending is the outcome of a trial.
type ending struct {
	run     *record.Run
	err     error
	late    bool              // it did not end by itself
	file    []byte            // the run file
	outputs map[string][]byte // by format
	served  counts
}

// patience is how long a trial may last. All its waits together are much shorter, but the
// machine may be busy.
const patience = 2 * time.Minute

// run carries the trial out as the command does.
func (t *trial) run() (*ending, error) {
	server, err := serve(arrangement{tls: t.tls, lmtp: t.lmtp, rcpts: t.recipients, secrets: t.secrets, plan: t.plan})
	if err != nil {
		return nil, err
	}
	defer func() {
		if server != nil {
			server.close()
		}
	}()
	job, err := t.resolve(server.port())
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	drain := make(chan struct{})
	if t.drain > 0 {
		defer time.AfterFunc(t.drain, func() { close(drain) }).Stop()
	}
	running := ctx
	if t.cancel > 0 {
		var cancel context.CancelFunc
		running, cancel = context.WithTimeout(ctx, t.cancel)
		defer cancel()
	}
	var file bytes.Buffer
	e := &ending{outputs: map[string][]byte{}}
	if t.portable {
		e.run, e.err = t.measurePortably(running, job.Plan, &file)
	} else {
		var result *gauge.Result
		result, e.err = job.Run(running, gauge.Options{
			File: &file, Drain: drain, Shards: t.shards, OnInterval: func(*record.Progress) {},
			FreeCores: func(context.Context) (float64, bool) { return 0, false },
		})
		if result != nil {
			e.run = result.Run
		}
	}
	e.late, e.file = ctx.Err() != nil, file.Bytes()
	e.served = server.close()
	server = nil
	return e, e.write()
}

// measurePortably measures with the driver of systems other than Linux.
func (t *trial) measurePortably(ctx context.Context, p *loadgen.Plan, file io.Writer) (*record.Run, error) {
	var collector *record.Collector
	engine, err := loadgen.New(p, func(shard int) sample.Recorder { return collector.Recorder(shard) }, loadgen.Options{
		Shards:    t.shards,
		NewDriver: func(epoch time.Time) (netdrive.Driver, error) { return netdrive.NewPortable(epoch, nil), nil },
	})
	if err != nil {
		return nil, err
	}
	if collector, err = record.NewCollector(file, record.NewHeader(p, criteria.Criteria{}), p, t.shards, nil); err != nil {
		return nil, err
	}
	if t.drain > 0 {
		defer time.AfterFunc(t.drain, engine.Drain).Stop()
	}
	usage := generator.StartUsage()
	report, err := engine.Run(ctx)
	if err != nil {
		return nil, err
	}
	return collector.Close(report, usage.Used())
}

// resolve makes a job of the scenario, which trusts the server's certificate.
func (t *trial) resolve(port int) (*gauge.Job, error) {
	sc, err := scenarios.Parse("chaos.yaml", []byte(t.scenario(port)), scenarios.LoadOptions{})
	if err != nil {
		return nil, err
	}
	job := gauge.NewJob(sc)
	if err := job.Check(); err != nil {
		return nil, err
	}
	if c := job.Plan.Flows[0].Target.TLS; c != nil {
		_, c.RootCAs = certificate()
	}
	return job, nil
}

// write reads the run from its file, and writes it in every format.
func (e *ending) write() error {
	if e.run == nil {
		return nil // the checks say so
	}
	stored, err := record.Read(bytes.NewReader(e.file))
	if err != nil {
		return nil // and this too
	}
	for _, format := range render.Runs.Names() {
		var out bytes.Buffer
		if err := render.Runs.Write(&out, format, []*record.Run{stored}, render.Options{Width: 100}); err != nil && len(figures.Of(stored).Flows) == 0 {
			return fmt.Errorf("%s: %w", format, err)
		}
		e.outputs[format] = out.Bytes()
	}
	return nil
}
