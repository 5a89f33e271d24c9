package scenarios

import (
	"strings"
	"testing"
)

// A think time that is never taken is noted: there is none after the last message of a session.
func TestThinkThatDoesNothingIsNoted(t *testing.T) {
	for flow, want := range map[string]string{
		"{port: 25, load: {sessions: 2, duration: 1s}, session: {messages: 1, think: 50ms}}":      "think is the time between two messages",
		"{port: 25, load: {rate: 5 sessions/s, duration: 1s}, session: {think: 50ms}}":            "think is the time between two messages",
		"{port: 25, load: {rate: 5 messages/s, duration: 1s}, session: {think: 50ms}}":            "",
		"{port: 25, load: {sessions: 2, duration: 1s}, session: {messages: 2, think: 50ms}}":      "",
		"{port: 25, load: {sessions: 2, duration: 1s}, session: {messages: 1, think: 0s}}":        "",
		"{port: 25, load: {sessions: 2, duration: 1s}, session: {messages: 0, think: 50ms}}":      "",
		"{port: 25, load: {rate: 5 sessions/s, duration: 1s}, session: {messages: 3, think: 1s}}": "",
	} {
		s, err := Parse("x.yaml", []byte("name: x\ntarget: {host: sink}\nflows:\n  relay: "+flow+"\n"), LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", flow, err)
			continue
		}
		notes := strings.Join(s.Notes(), "\n")
		if want == "" && notes != "" || !strings.Contains(notes, want) {
			t.Errorf("%s: notes %q, want %q", flow, notes, want)
		}
	}
}
