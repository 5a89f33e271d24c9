//go:build linux

package main

import (
	"strings"
	"text/template"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

// scenario is the work as a scenario of smtpgauge. Everything is on, as for a user: phases are
// recorded, replies are stamped, and the run file is written.
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
{{- if .Proof}}
    auth: {mechanism: SCRAM-SHA-256, username: bench, password: {{.Password}}}
{{- end}}
    message: {size: {{.Size}}B}
    envelope: {from: bench@example.test, to: bench@example.test}
`))

// scenarioText returns the work as a scenario for a port. The file ca has the authority of the
// server under TLS.
func scenarioText(w work, port, ca string) (string, error) {
	var text strings.Builder
	err := scenario.Execute(&text, map[string]any{
		"Port": port, "TLS": w.security != plain, "CA": ca, "ServerName": labserver.ServerName,
		"Resume": w.security == resumeTLS, "Sessions": w.sessions, "Messages": w.messages,
		"Reconnect": w.reconnect, "Pipelined": w.pipelined, "Size": w.size,
		"Proof": w.proof > 0, "Password": labserver.Password,
		"Idle": w.idle, "Ramp": idleRamp(w), "Hold": idleRamp(w) + idleHold,
	})
	return text.String(), err
}
