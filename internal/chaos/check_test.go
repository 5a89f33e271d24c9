package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

// faults returns the promises that a trial broke.
func (t *trial) faults(e *ending) []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if e.late {
		fault("it had not ended after %v", patience)
	}
	if e.err != nil || e.run == nil {
		fault("the run failed: %v", e.err)
		return found
	}
	found = append(found, t.leaks(e)...)
	res := figures.Of(e.run)
	found = append(found, misread(res, e.file)...)
	f := res.Flows["chaos"]
	found = append(found, missummed(f)...)
	found = append(found, disagreements(f, &e.served)...)
	if a := f.Arrivals; a != nil && strings.Contains(t.load, "messages/s") && a.Begun != f.Messages.Attempted {
		fault("%d messages arrived, %d were attempted", a.Begun, f.Messages.Attempted)
	}
	r, each := &f.Recipients, int64(t.recipients)
	n := r.Accepted + r.Rejected + r.Unknown
	if n > each*f.Messages.Attempted || n < each*(f.Messages.Accepted+f.Messages.Unknown) {
		fault("%d recipients of messages to %d each: %+v", n, each, f.Messages)
	}
	if !t.lmtp && r.Unknown > each*f.Messages.Unknown {
		fault("%d recipients are unknown, of %d messages to %d each", r.Unknown, f.Messages.Unknown, each)
	}
	return found
}

// leaks returns the outputs that have the secret in them. Without AUTH there is no secret
// that the client could know.
func (t *trial) leaks(e *ending) []string {
	var found []string
	if t.mechanism == "" {
		return nil
	}
	look := func(name string, output []byte) {
		if part := t.secrets.found(output); part != "" {
			at := bytes.Index(output, []byte(part))
			found = append(found, fmt.Sprintf("a part of the secret is in %s: %q", name, output[max(0, at-120):min(len(output), at+120)]))
		}
	}
	look("the run file", e.file)
	for _, name := range render.Runs.Names() {
		look(name, e.outputs[name])
	}
	return found
}

// misread returns how the figures differ when the file is read back.
func misread(want *figures.Result, file []byte) []string {
	var found []string
	for name, read := range map[string]func() (*record.Run, error){
		"Read":       func() (*record.Run, error) { return record.Read(bytes.NewReader(file)) },
		"ReadTotals": func() (*record.Run, error) { return record.ReadTotals(bytes.NewReader(file)) },
	} {
		run, err := read()
		if err != nil {
			found = append(found, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		a, b := asJSON(want), asJSON(figures.Of(run))
		for i := range a {
			if i >= len(b) || a[i] != b[i] {
				found = append(found, fmt.Sprintf("%s gives other figures: %.200q became %.200q", name, a[max(0, i-60):], b[max(0, i-60):]))
				break
			}
		}
	}
	return found
}

func asJSON(res *figures.Result) string {
	b, err := json.Marshal(res)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// unlikely are the classes of failures that these trials cannot have.
var unlikely = map[string]bool{"resolve": true, "refused": true, "local-limit": true}

// missummed returns the figures that do not add up.
func missummed(f *figures.Flow) []string {
	var found []string
	must := func(holds bool, format string, args ...any) {
		if !holds {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	m, s, r := &f.Messages, &f.Sessions, &f.Recipients
	must(m.Accepted+m.Rejected+m.Failed+m.Unknown == m.Attempted, "the outcomes do not add up: %+v", *m)
	must(s.Completed+s.Failed+s.Canceled == s.Started, "the sessions do not add up: %+v", *s)
	must(s.Peak <= s.Started, "more sessions at once than there were: %+v", *s)
	must(r.Accepted >= m.Accepted, "%d messages were accepted, for %d recipients", m.Accepted, r.Accepted)
	must(r.Accepted >= 0 && r.Rejected >= 0 && min(m.Accepted, m.Rejected, m.Failed, m.Unknown) >= 0, "negative counts: %+v %+v", *m, *r)
	if a := f.Arrivals; a != nil {
		must(a.Due == a.Begun, "%d arrivals were due, %d are accounted for", a.Due, a.Begun)
	}
	var errors int64
	for _, e := range f.Errors {
		errors += e.Count
		must(!unlikely[e.Class], "class %s, which nothing here can cause: %q", e.Class, e.Example)
		must(e.Class != "reset" || strings.Contains(e.Example, "connection reset") || strings.Contains(e.Example, "broken pipe"), "class reset, and no RST came: %q", e.Example)
		must(e.Count > 0 && e.Class != "" && e.Phase != "", "an error without a count, a class or a phase: %+v", e)
		must(len(e.Example) <= 200 && !strings.ContainsAny(e.Example, "\r\n\x00\x1b"), "an example that is long or does not print: %q", e.Example)
	}
	must(errors >= m.Rejected+m.Failed+m.Unknown, "%d errors, and %d messages that were not accepted", errors, m.Rejected+m.Failed+m.Unknown)
	must(errors >= s.Failed, "%d errors, and %d sessions that failed", errors, s.Failed)
	for name, p := range f.Phases {
		if d := p.Service; d != nil {
			must(d.P50 >= 0 && d.P50 <= d.P90 && d.P90 <= d.P99 && d.P99 <= d.P999 && d.P999 <= d.Max, "%s: quantiles out of order: %+v", name, *d)
		}
	}
	if p := f.Phases["message"]; p != nil {
		must(p.Count <= m.Accepted+m.Rejected, "%d messages were timed, %d answered", p.Count, m.Accepted+m.Rejected)
	}
	if p := f.Phases["session"]; p != nil {
		must(p.Count == s.Completed, "%d sessions were timed, %d completed", p.Count, s.Completed)
	}
	return found
}

// disagreements returns the counts that contradict the server's.
func disagreements(f *figures.Flow, served *counts) []string {
	var found []string
	m := &f.Messages
	if int64(served.taken) > m.Accepted+m.Unknown {
		found = append(found, fmt.Sprintf("the server surely took %d messages, %d are accepted and %d unknown", served.taken, m.Accepted, m.Unknown))
	}
	var lost int64 // what the client gave up, or had to give up
	for _, e := range f.Errors {
		if e.Class == sample.Timeout.String() || e.Class == sample.Canceled.String() {
			lost += e.Count
		}
	}
	if int64(served.refused) > m.Rejected+lost {
		found = append(found, fmt.Sprintf("the server surely refused %d messages, %d are rejected and %d given up", served.refused, m.Rejected, lost))
	}
	if m.Accepted > int64(served.granted) {
		found = append(found, fmt.Sprintf("%d messages are accepted, the server said yes at most %d times", m.Accepted, served.granted))
	}
	if f.Sessions.Completed > int64(served.sessions) {
		found = append(found, fmt.Sprintf("%d sessions completed of the server's %d", f.Sessions.Completed, served.sessions))
	}
	return found
}
