//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

// A load is what the generator is told to do.
type load struct {
	open       bool    // rate a second rather than as fast as sessions can
	rate       float64 // messages a second, or sessions
	bySession  bool    // what the rate counts
	poisson    bool
	sessions   int // open: at most
	length     time.Duration
	perSession int // messages; 0 for as long as it lasts
	size       int
}

// flow is the name that the load has in scenarios and results. Together with
// the seed it decides when arrivals are due.
const (
	flow = "truth"
	seed = 1
)

var scenario = template.Must(template.New("scenario").Parse(`name: truth
seed: {{.Seed}}
target:
  host: 127.0.0.1
{{- if .TLS}}
  tls: {ca: {{.CA}}, server_name: {{.ServerName}}, curves: [X25519]}
{{- end}}
flows:
  {{.Flow}}:
    port: {{.Port}}
    tls: {{or .TLS "none"}}
{{- if .Open}}
    load: {rate: {{.Rate}} {{.Unit}}/s, arrivals: {{.Arrivals}}, max_sessions: {{.Sessions}}, duration: {{.Length}}}
{{- else}}
    load: {sessions: {{.Sessions}}, duration: {{.Length}}}
{{- end}}
    session: {messages: {{.PerSession}}, pipelining: off}
    message: {size: {{.Size}}B}
    envelope: {from: "s{seq}@example.test", to: bench@example.test}
`))

// text is the load as a scenario. secure is "" for a plain server.
func (l load) text(port, secure, ca string) (string, error) {
	unit, arrivals := "messages", "uniform"
	if l.bySession {
		unit = "sessions"
	}
	if l.poisson {
		arrivals = "poisson"
	}
	var out strings.Builder
	err := scenario.Execute(&out, map[string]any{
		"Seed": seed, "Flow": flow, "Port": port, "TLS": secure, "CA": ca, "ServerName": labserver.ServerName,
		"Open": l.open, "Rate": fmt.Sprintf("%.0f", l.rate), "Unit": unit, "Arrivals": arrivals,
		"Sessions": l.sessions, "Length": l.length, "PerSession": l.perSession, "Size": l.size,
	})
	return out.String(), err
}

// A figure is a distribution as the generator tells it.
type figure struct {
	P50  time.Duration `json:"p50_ns"`
	P90  time.Duration `json:"p90_ns"`
	P99  time.Duration `json:"p99_ns"`
	Max  time.Duration `json:"max_ns"`
	Mean time.Duration `json:"mean_ns"`
}

// A told phase is what the generator says of one phase.
type told struct {
	Count    int     `json:"count"`
	Service  figure  `json:"service"`
	Response *figure `json:"response"` // open load only
	Lag      *figure `json:"lag"`
}

// A result is the generator's, as far as it is checked here.
type result struct {
	Clock   string `json:"clock"`
	Verdict struct {
		Valid   bool            `json:"valid"`
		Reasons json.RawMessage `json:"reasons"`
	} `json:"verdict"`
	Flows map[string]struct {
		Messages struct {
			Attempted int `json:"attempted"`
			Accepted  int `json:"accepted"`
		} `json:"messages"`
		Rate   float64         `json:"messages_per_second"`
		Phases map[string]told `json:"phases"`
		Errors json.RawMessage `json:"errors"`
	} `json:"flows"`
}

// phase is what the result says of a phase; all zero where it says nothing.
func (r *result) phase(name string) told { return r.Flows[flow].Phases[name] }

// readResult reads what "show --format json" prints.
func readResult(out []byte) (*result, error) {
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, fmt.Errorf("result of smtpgauge: %w", err)
	}
	if _, ok := r.Flows[flow]; !ok {
		return nil, fmt.Errorf("the result of smtpgauge has no flow %s", flow)
	}
	return &r, nil
}

// gauge runs the generator with a load and reads its result. One that calls its
// own run invalid is a result too, and says so.
func (t *truth) gauge(ctx context.Context, l load, port, secure string) (*result, error) {
	text, err := l.text(port, secure, t.CA)
	if err != nil {
		return nil, err
	}
	file, err := t.Scenario(text)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.length+time.Minute)
	defer cancel()
	out, err := t.Outcome(ctx, t.RunArgs(file)...)
	if err != nil {
		return nil, err
	}
	return readResult(out)
}
