//go:build linux

package main

import (
	"strings"
	"text/template"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

// scenario is the work in the words of ours. Everything a user gets is on:
// every phase is recorded, replies are stamped, the run file is written.
var scenario = template.Must(template.New("scenario").Parse(`name: peers
target:
  host: 127.0.0.1
{{- if .TLS}}
  tls: {ca: {{.CA}}, server_name: {{.ServerName}}, curves: [X25519], resumption: {{.Resume}}}
{{- end}}
flows:
  work:
    port: {{.Port}}
    tls: {{if .TLS}}implicit{{else}}none{{end}}
{{- if .Idle}}
    load: {sessions: {{.Sessions}}, duration: {{.Hold}}, ramp: {{.Ramp}}}
    session: {messages: 0, think: 10m}
{{- else}}
    load: {sessions: {{.Sessions}}, messages: {{.Messages}}}
    session: {messages: {{if .Reconnect}}1{{else}}0{{end}}, pipelining: {{if .Pipelined}}on{{else}}off{{end}}}
{{- end}}
    message: {size: {{.Size}}B}
    envelope: {from: bench@example.test, to: bench@example.test}
`))

// scenarioText is the work as a scenario against a port, with the authority of
// the server under TLS in the file ca.
func scenarioText(w work, port, ca string) (string, error) {
	var text strings.Builder
	err := scenario.Execute(&text, map[string]any{
		"Port": port, "TLS": w.security != plain, "CA": ca, "ServerName": labserver.ServerName,
		"Resume": w.security == resumeTLS, "Sessions": w.sessions, "Messages": w.messages,
		"Reconnect": w.reconnect, "Pipelined": w.pipelined, "Size": w.size,
		"Idle": w.idle, "Ramp": idleRamp(w), "Hold": idleRamp(w) + idleHold,
	})
	return text.String(), err
}
