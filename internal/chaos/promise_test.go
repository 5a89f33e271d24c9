package chaos

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// calm draws a trial in which nothing goes wrong.
func calm(seed uint64) trial {
	t := drawTrial(seed)
	t.load, t.settings, t.drain, t.cancel = "{sessions: 2, messages: 6}", "messages: 2", 0, 0
	if t.bdat {
		t.settings += ", bdat: true, chunk_size: 300B"
	}
	t.timeouts = "{connect: 1m, tls: 1m, command: 1m, body: 1m}" // the machine may be busy
	t.plan = func(int) plan {
		return plan{offer: []string{"PIPELINING", "CHUNKING", "STARTTLS", "AUTH " + allMechanisms}}
	}
	return t
}

// Without faults the server takes every message, in all combinations. Otherwise the trials
// would prove nothing about the client.
func TestWithoutFaults(t *testing.T) {
	before := baseline(t)
	for seed := range uint64(10) {
		trial := calm(seed)
		e, err := trial.run()
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range trial.faults(e) {
			t.Errorf("%s\n%s", fault, &trial)
		}
		if e.run == nil {
			continue
		}
		f := figures.Of(e.run).Flows["chaos"]
		if m := f.Messages; m.Accepted != 6 || m.Attempted != 6 || len(f.Errors) > 0 || f.Sessions.Failed > 0 {
			t.Errorf("%+v, %+v, errors %+v: want 6 messages accepted\n%s", m, f.Sessions, f.Errors, &trial)
		}
		if c := e.served; c.taken != 6 || c.granted != 6 || c.refused != 0 {
			t.Errorf("the server counts %+v, want 6 taken\n%s", c, &trial)
		}
	}
	settled(t, before)
}

// Each promise is broken once, and the checks find it.
func TestChecksBite(t *testing.T) {
	trial := calm(2)
	sound, err := trial.run()
	if err != nil {
		t.Fatal(err)
	}
	if faults := trial.faults(sound); len(faults) > 0 {
		t.Fatal(faults)
	}
	changed := func(change func(*figures.Flow)) []string {
		f := *figures.Of(sound.run).Flows["chaos"]
		change(&f)
		return append(missummed(&f), disagreements(&f, &sound.served)...)
	}
	password := trial.secrets.password
	leak := func(said string) []string {
		return trial.leaks(&ending{file: []byte("..." + said + "..."), outputs: map[string][]byte{}})
	}
	for _, c := range []struct {
		name  string
		found []string
	}{
		{"an outcome lost", changed(func(f *figures.Flow) { f.Messages.Rejected++ })},
		{"a session lost", changed(func(f *figures.Flow) { f.Sessions.Started++ })},
		{"a session too many", changed(func(f *figures.Flow) { f.Sessions.Completed++; f.Sessions.Started++ })},
		{"a failure without an error", changed(func(f *figures.Flow) { f.Messages.Failed++; f.Messages.Attempted++ })},
		{"an acceptance that was none", changed(func(f *figures.Flow) { f.Messages.Accepted++; f.Messages.Attempted++ })},
		{"an acceptance lost", changed(func(f *figures.Flow) { f.Messages.Accepted--; f.Messages.Attempted-- })},
		{"recipients lost", changed(func(f *figures.Flow) { f.Recipients.Accepted = 0 })},
		{"our own fault", changed(func(f *figures.Flow) {
			f.Errors = []tally.FailureCount{{Phase: "connect", Class: "local-limit", Count: 1}}
		})},
		{"a text that does not print", changed(func(f *figures.Flow) {
			f.Errors = []tally.FailureCount{{Phase: "connect", Class: "closed", Count: 1, Example: "\x1b[2J"}}
		})},
		{"a file that is cut", misread(figures.Of(sound.run), sound.file[:len(sound.file)/2])},
		{"a file of other figures", misread(figures.Of(sound.run), bytes.ReplaceAll(sound.file, []byte(`"accepted":6`), []byte(`"accepted":7`)))},
		{"no run", trial.faults(&ending{})},
		{"a run that did not end", trial.faults(&ending{run: sound.run, file: sound.file, served: sound.served, late: true})},
		{"the secret", leak(password)},
		{"a part of it", leak(password[3:14])},
		{"its base64", leak(base64.StdEncoding.EncodeToString([]byte("AUTH failed: " + password + "!")))},
	} {
		if len(c.found) == 0 {
			t.Errorf("%s: nothing was found", c.name)
		}
	}
	if found := leak(trial.secrets.username + password[:fragment-1]); len(found) > 0 {
		t.Errorf("too much was found: %q", found)
	}
}

// A seed always makes the same trial, and successive seeds go through all combinations and
// kinds.
func TestSeedsCoverAll(t *testing.T) {
	seen, drawn := map[[5]any]bool{}, map[kind]int{}
	for seed := range uint64(combinations) {
		trial, again := drawTrial(seed), drawTrial(seed)
		if trial.String() != again.String() || trial.scenario(25) != again.scenario(25) {
			t.Fatalf("seed %d is two trials:\n%s\n%s", seed, &trial, &again)
		}
		seen[[5]any{trial.tls, trial.pipelining, trial.mechanism, trial.lmtp, trial.bdat}] = true
		for session := range 3 {
			p := trial.plan(session)
			for _, f := range p.faults {
				drawn[f.kind]++
			}
		}
	}
	if len(seen) != combinations {
		t.Errorf("%d combinations, want %d", len(seen), combinations)
	}
	for k := range kind(numKinds) {
		if drawn[k] == 0 || strings.TrimSpace(k.String()) == "" {
			t.Errorf("kind %d, %q, is drawn %d times", k, k, drawn[k])
		}
	}
}
