package render

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

func tileTexts(r *record.Run) string {
	var texts []string
	for _, t := range newDocument(r).tiles(r) {
		text := t.Name + " " + t.Value
		if t.Note != "" {
			text += " (" + t.Note + ")"
		}
		if t.Bad {
			text += "!"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

func TestTilesOfFlowsInTurnNameTheWorst(t *testing.T) {
	const want = "accepted, msg/s a flow 0 to 100!; service p50, the slowest flow 600 µs (starttls-25); " +
		"service p99, the slowest flow 600 µs (starttls-25); errors 12.5 % (most in bad: 100 %)!; sessions at once, at most 0"
	flows := append(madeup.MadePorts(), madeup.Flow{Name: "bad", Port: 26, Messages: 10, Failing: 100})
	if got := tileTexts(madeup.Made(t, flows, 1)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTilesOfOneFlowAreItsAnswer(t *testing.T) {
	plan := &loadgen.Plan{Name: "open", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "a", Load: loadgen.Load{
		Unit: loadgen.Messages, Stages: []pace.Stage{{For: 2 * time.Second, From: 50, To: 50}},
	}}}}
	load := sample.Series{Stage: sample.Steady}
	run := madeup.FromSpells(t, plan, []madeup.Spell{
		{Series: load, To: time.Second, Accepted: 30, Rejected: 10, Due: 50}, {Series: load, From: time.Second, To: 2 * time.Second, Accepted: 30, Rejected: 10, Due: 100},
	}, map[sample.Series][2]time.Duration{load: {0, 2 * time.Second}})
	const want = "accepted 30.0 msg/s (offered at 50.0 msg/s); response p50 1.00 ms; response p99 1.00 ms; errors 25.0 %!; sessions at once, at most 1"
	if got := tileTexts(run); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Sessions that were only dialling are counted, and do not look as if they had been open.
func TestTileOfADeadServerSaysSo(t *testing.T) {
	plan := &loadgen.Plan{Name: "dead", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "a", Load: loadgen.Load{Sessions: 4}}}}
	load := sample.Series{Stage: sample.Steady}
	run := madeup.FromSpells(t, plan, []madeup.Spell{{Series: load, To: time.Second, Refused: 6}}, map[sample.Series][2]time.Duration{load: {0, time.Second}})
	if got := tileTexts(run); !strings.HasSuffix(got, "(no server greeted them)") {
		t.Errorf("got %s", got)
	}
}
