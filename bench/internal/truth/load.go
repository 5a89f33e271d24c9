//go:build linux

package main

import (
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A load is what the generator has to do.
type load struct {
	open       bool         // arrivals at a rate; otherwise as fast as the sessions can
	rate       float64      // messages a second, or sessions
	bySession  bool         // the rate counts sessions, not messages
	process    pace.Process // open: how arrivals are spread
	sessions   int          // open: at most
	length     time.Duration
	perSession int // messages; 0 for as long as it lasts
	size       int
	pipelined  bool // MAIL, RCPT and DATA leave together
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
    tls: {{.Mode}}
{{- if .Open}}
    load: {rate: {{.Rate}} {{.Unit}}/s, arrivals: {{.Arrivals}}, max_sessions: {{.Sessions}}, duration: {{.Length}}}
{{- else}}
    load: {sessions: {{.Sessions}}, duration: {{.Length}}}
{{- end}}
    session: {messages: {{.PerSession}}, pipelining: {{if .Pipelined}}on{{else}}off{{end}}}
    message: {size: {{.Size}}B}
    envelope: {from: "s{seq}@example.test", to: bench@example.test}
`))

// text returns the load as a scenario. ca is the file with the authority of a server that
// speaks TLS.
func (l load) text(port string, mode sample.TLSMode, ca string) (string, error) {
	var out strings.Builder
	err := scenario.Execute(&out, map[string]any{
		"Seed": seed, "Flow": flow, "Port": port, "TLS": mode != sample.TLSNone, "Mode": mode, "CA": ca, "ServerName": labserver.ServerName,
		"Open": l.open, "Rate": fmt.Sprintf("%.0f", l.rate), "Unit": l.unit(), "Arrivals": l.process,
		"Sessions": l.sessions, "Length": l.length, "PerSession": l.perSession, "Size": l.size, "Pipelined": l.pipelined,
	})
	return out.String(), err
}

// unit returns what the rate of an open load counts.
func (l load) unit() string {
	if l.bySession {
		return "sessions"
	}
	return "messages"
}
