package capacity

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestVerdict(t *testing.T) {
	trial := func(stage Stage, rate float64, outcome Outcome, waiting ...int64) *Trial {
		tr := &Trial{Rate: rate, Stage: stage, Outcome: outcome}
		for _, w := range waiting {
			tr.Blocks = append(tr.Blocks, Block{Due: int64(rate), Waiting: w})
		}
		return tr
	}
	confirmed := []*Trial{trial(Doubling, 500, Pass, 1, 0), trial(Confirming, 500, Pass, 1, 0, 1)}
	short, grew := confirmed[:1], []*Trial{trial(Confirming, 500, Pass, 1, 80)}
	notShown := func(most string) string {
		return ", and no trial that lasts has confirmed that: for one near that rate use --max " + most + "/s or so, or a greater --budget"
	}
	for _, c := range []struct {
		name   string
		expect float64
		answer Answer
		want   criteria.Conclusion
	}{
		{"found", 0, Answer{Range: Range{690, 700, 710}, By: ByServer}, criteria.Conclusion{Word: criteria.Pass, Reason: "it carries 700 messages/s (690 to 710)"}},
		{"reached", 690, Answer{Range: Range{690, 700, 710}, By: ByServer}, criteria.Conclusion{Word: criteria.Pass, Reason: "it carries 700 messages/s (690 to 710); 690/s was expected"}},
		{"within the range", 700, Answer{Range: Range{690, 700, 710}, By: ByServer}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries 700 messages/s (690 to 710); 700/s was expected"}},
		{"not reached", 720, Answer{Range: Range{690, 700, 710}, By: ByServer}, criteria.Conclusion{Word: criteria.Failed, Reason: "it carries 700 messages/s (690 to 710); 720/s was expected"}},
		{"the generator", 0, Answer{Range: Range{500, 500, 0}, By: ByGenerator, Trials: confirmed}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries at least 500 messages/s, and the generator can do no more"}},
		{"the generator suffices", 400, Answer{Range: Range{500, 500, 0}, By: ByGenerator, Trials: confirmed}, criteria.Conclusion{Word: criteria.Pass, Reason: "it carries at least 500 messages/s, and the generator can do no more; 400/s was expected"}},
		{"the generator suffices for a short trial", 400, Answer{Range: Range{500, 500, 0}, By: ByGenerator, Trials: short}, criteria.Conclusion{Word: criteria.Undecided, Reason: "no rate is confirmed, and the generator can do no more; trials at up to 500/s kept the goals, and were too short to count on; 400/s was expected" + notShown("480")}},
		{"the budget, above what is expected", 390, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: short}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries less than 630 messages/s, and the time is used up; trials at up to 500/s kept the goals, and were too short to count on; 390/s was expected" + notShown("468")}},
		{"the budget, and the queue grew", 390, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: grew}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries less than 630 messages/s, and the time is used up; trials at up to 500/s kept the goals, and were too short to count on; 390/s was expected" + notShown("468")}},
		{"the budget, after a trial that lasted", 390, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: confirmed}, criteria.Conclusion{Word: criteria.Pass, Reason: "it carries less than 630 messages/s, and the time is used up; a trial that lasted kept the goals at 500/s, and a range takes more of them; 390/s was expected"}},
		{"the budget, after a trial that a later one contradicts", 390, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: append(confirmed[1:2:2], trial(Sharpening, 450, Fail))}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries less than 630 messages/s, and the time is used up; a trial that lasted kept the goals at 500/s, and a range takes more of them; 390/s was expected" + notShown("468")}},
		{"the maximum", 600, Answer{Range: Range{500, 500, 0}, By: ByMaximum, Trials: confirmed}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries at least 500 messages/s, the maximum asked for; 600/s was expected"}},
		{"the budget, and nothing passed", 0, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: []*Trial{{Rate: 400, Outcome: Undecided}}}, criteria.Conclusion{Word: criteria.Undecided, Reason: "no rate was shown to keep the goals, and the time is used up"}},
		{"the budget", 0, Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: short}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries less than 630 messages/s, and the time is used up; trials at up to 500/s kept the goals, and were too short to count on"}},
		{"nothing", 0, Answer{By: ByServer, Why: "100 % broke errors < 1%", Trials: []*Trial{{Rate: 10}, {Rate: 0.625}}}, criteria.Conclusion{Word: criteria.Failed, Reason: "not even 0.625 messages/s keep the goals: 100 % broke errors < 1%"}},
		{"nothing of what was expected", 5, Answer{By: ByServer, Why: "100 % broke errors < 1%", Trials: []*Trial{{Rate: 0.625}}}, criteria.Conclusion{Word: criteria.Failed, Reason: "not even 0.625 messages/s keep the goals: 100 % broke errors < 1%; 5.00/s was expected"}},
		{"trials too short", 0, Answer{Range: Range{500, 500, 0}, By: ByTrials, Trials: confirmed}, criteria.Conclusion{Word: criteria.Undecided, Reason: "it carries at least 500 messages/s, and the trials were too short to tell more"}},
		{"trials too short for what is expected", 150, Answer{Range: Range{160, 160, 0}, By: ByTrials, Trials: short}, criteria.Conclusion{Word: criteria.Undecided, Reason: "no rate is confirmed, and the trials were too short to tell more; trials at up to 500/s kept the goals, and were too short to count on; 150/s was expected, and no trial that lasts has confirmed that: use a longer --trial"}},
	} {
		r := Report{Expect: c.expect}
		c.answer.leaveSettled()
		r.complete(&c.answer)
		if r.Verdict != c.want {
			t.Errorf("%s: %s, want %s", c.name, r.Verdict, c.want)
		}
	}
	for _, cut := range []bool{false, true} {
		r := Report{Expect: 390, Partial: true, Cut: cut}
		a := &Answer{Range: Range{400, 500, 600}, By: ByBudget, Trials: short}
		a.leaveSettled()
		r.complete(a)
		if r.Verdict.Word != criteria.Undecided || !strings.HasSuffix(r.Verdict.Reason, "it carries less than 630 messages/s; trials at up to 500/s kept the goals, and were too short to count on; 390/s was expected"+notShown("468")) {
			t.Errorf("cut short: %s", r.Verdict)
		}
	}
}

// TestLackOfSessions says with the answer that the load's own limit of sessions made it.
func TestLackOfSessions(t *testing.T) {
	for sure, want := range map[limits.Certainty]string{
		limits.Certain:  "it carries 100 messages/s (90.0 to 110); the sessions that the load allows (max_sessions) were used up: with more of them it may carry more",
		limits.Possible: "it carries 100 messages/s (90.0 to 110)",
	} {
		var r Report
		r.complete(&Answer{Range: Range{Low: 90, Best: 100, High: 110}, By: ByServer, Findings: []limits.Finding{{ID: limits.SessionsUsedUp, Sure: sure}}})
		if r.Says() != want || r.SessionsUsedUp != (sure == limits.Certain) {
			t.Errorf("%s: %s, want %s", sure, r.Says(), want)
		}
	}
	// Whatever ended the search, and whatever it found.
	shown := []*Trial{{Rate: 90, Outcome: Pass}, {Rate: 110, Outcome: Fail}}
	for _, by := range []Limit{ByServer, ByGenerator, ByMachine, ByMaximum, ByBudget, ByTrials} {
		for _, found := range []Range{{90, 100, 110}, {90, 90, 0}, {}} {
			for _, partial := range []bool{false, true} {
				r := Report{Partial: partial}
				r.complete(&Answer{Range: found, By: by, Why: "why", Trials: shown, Findings: []limits.Finding{{ID: limits.SessionsUsedUp, Sure: limits.Certain}}})
				if !strings.Contains(r.Verdict.String(), "; the sessions that the load allows (max_sessions) were used up: with more of them it may carry more") || !r.SessionsUsedUp {
					t.Errorf("limited by %s, %v: %s", by, found, r.Verdict)
				}
			}
		}
	}
}

// TestServerSideIsKept keeps in the file what the trials cost the server, and what limits it.
func TestServerSideIsKept(t *testing.T) {
	side := &ServerSide{CPUPerMessage: 3 * time.Millisecond, Cores: 0.5, Of: 2}
	found := []limits.Finding{{ID: limits.DiskBound, Says: "a", Is: "b", Do: "c", Sure: limits.Likely}}
	a := &Answer{Range: Range{Low: 90, Best: 100, High: 110}, By: ByServer, Findings: found, Trials: []*Trial{
		{Rate: 20, Outcome: Pass, Measured: Measured{Server: &ServerSide{CPUPerMessage: time.Second}}},
		{Rate: 101, Outcome: Pass, Measured: Measured{Server: side}},
		{Rate: 100, Outcome: Invalid},
	}}
	var file bytes.Buffer
	log := &Log{w: &file}
	h := &logHeader{Name: "a"}
	log.write(&logLine{Format: Format, Header: h})
	for _, trial := range a.Trials {
		if err := log.Add(trial, a.Range); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Finish(h.report(), a, false); err != nil {
		t.Fatal(err)
	}
	r, err := ReadReport(&file)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Findings, found) {
		t.Errorf("findings %+v", r.Findings)
	}
	if at := r.AtCapacity(); at == nil || *at.Server != *side {
		t.Errorf("at its capacity: %+v", at)
	}
}
