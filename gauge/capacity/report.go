package capacity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Format names the shape of a Report, and of a Log.
const Format = "smtpgauge.capacity/1"

// A Report is what a search came to.
type Report struct {
	Format         string              `json:"format"`
	Verdict        criteria.Conclusion `json:"verdict"`
	Name           string              `json:"name"`
	Started        time.Time           `json:"started"`
	Target         []string            `json:"target"` // FLOW at HOST:PORT
	SLO            []string            `json:"slo"`    // the goals, those that nobody gave included
	Expect         float64             `json:"expect,omitempty"`
	Capacity       Figure              `json:"capacity"`
	LimitedBy      Limit               `json:"limited_by"`
	Why            string              `json:"why"`                        // what broke first above the range, or what the generator or the server lacked
	Gone           *Gone               `json:"gone,omitempty"`             // the server stopped answering, and Capacity is no answer; nil if it did not
	SessionsUsedUp bool                `json:"sessions_used_up,omitempty"` // the load allows too few sessions: with more of them the server may carry more
	Machine        string              `json:"machine,omitempty"`          // if the server is on the generator's machine, what that means for the answer
	Partial        bool                `json:"partial,omitempty"`          // the search was ended early, or its file has lost its end
	Cut            bool                `json:"cut,omitempty"`              // its file has lost its end, or the search still goes on; it is partial then
	Loaded         time.Duration       `json:"took_ns"`                    // all trials together, the draining included
	Sharding       record.Sharding     `json:"sharding,omitzero"`          // of all trials; the files of earlier versions have none
	Agents         []TrialAgent        `json:"agents,omitempty"`           // that carried the trials out
	Trials         []TrialReport       `json:"trials"`
	Findings       []limits.Finding    `json:"findings,omitempty"` // what most likely limits the server

	lasted float64 // the highest rate of a trial that passed and lasted, below those that are too high; 0 if none did
}

// A Figure is the capacity in messages/s, and the range in which it lies. High is 0 if
// no rate was found that is too high.
type Figure struct {
	Best float64 `json:"messages_per_second"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A TrialReport is a trial in a Report.
type TrialReport struct {
	Rate     float64       `json:"rate"`
	Achieved float64       `json:"achieved"` // messages accepted a second
	Outcome  Outcome       `json:"outcome"`
	Stage    Stage         `json:"stage"`
	Seconds  int           `json:"seconds"` // that were measured
	Took     time.Duration `json:"took_ns"`
	Response *Response     `json:"response"`           // nil if no message was answered
	Errors   int64         `json:"errors"`             // messages that the measured seconds ended without acceptance
	CutOff   int64         `json:"cut_off,omitempty"`  // by the trial's end, which is no error: see Measured
	AtGoals  []AtGoal      `json:"at_goals,omitempty"` // of the goals that limit a time
	Why      string        `json:"why"`
	Server   *ServerSide   `json:"server,omitempty"`

	Machine *serverside.CoreUse `json:"machine,omitempty"`
}

// An AtGoal is the percentile that a goal limits, as a trial showed it.
type AtGoal struct {
	Goal string        `json:"goal"`
	Time time.Duration `json:"value_ns"`
}

// A Response is the response time of messages.
type Response struct {
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
}

// complete fills in what follows from the trials and the answer.
func (r *Report) complete(a *Answer) {
	r.Format = Format
	r.Capacity = Figure{a.Range.Best, a.Range.Low, a.Range.High}
	r.lasted = confirmed(a.Trials, cmp.Or(a.Range.High, math.Inf(1)))
	r.LimitedBy, r.Why, r.Loaded = a.By, a.Why, a.Took
	r.SessionsUsedUp = lacksSessions(a.Findings)
	r.Trials, r.Findings = []TrialReport{}, a.Findings
	if r.Gone = goneIn(a.Trials); r.Gone != nil {
		r.Capacity = Figure{}
	} else {
		r.Machine = besideGenerator(a.Trials, a.Range)
	}
	for _, t := range a.Trials {
		one := TrialReport{
			Rate: t.Rate, Achieved: t.Achieved, Outcome: t.Outcome, Stage: t.Stage, Seconds: len(t.Blocks), Took: t.Took,
			Errors: t.Errors, CutOff: t.CutOff, Why: t.Why, Server: t.Server, Machine: t.Machine,
		}
		if t.P99 > 0 {
			one.Response = &Response{t.P50, t.P99}
		}
		for g, at := range t.AtGoals {
			if at > 0 && g < len(r.SLO) {
				one.AtGoals = append(one.AtGoals, AtGoal{r.SLO[g], at})
			}
		}
		r.Trials = append(r.Trials, one)
	}
	r.Verdict = r.conclude(keeps(a.Trials, r.Expect))
}

// conclude judges the capacity by what was expected of it. shown tells whether a trial that
// lasts has shown that rate: only a search that went to its own end needs none, as it ends
// with one.
func (r *Report) conclude(shown bool) criteria.Conclusion {
	c := r.Capacity
	shown = shown || r.LimitedBy == ByServer && !r.Partial
	word, reason := criteria.Undecided, r.Says()
	switch {
	case r.LimitedBy == ByGone:
		word = criteria.Failed
	case r.Gone != nil: // and may be there again
	case r.Expect > 0 && (c.Low >= r.Expect || r.unsettled()) && shown:
		word = criteria.Pass
	case r.Expect > 0 && c.High > 0 && c.High < r.Expect:
		word = criteria.Failed
	case c.Low <= 0 && r.LimitedBy == ByServer && !r.Partial:
		word = criteria.Failed
	case r.Expect > 0 || r.Partial:
	case r.LimitedBy == ByServer, r.LimitedBy == ByMaximum && c.Low > 0:
		word = criteria.Pass
	}
	if word == criteria.Undecided {
		reason = r.early() + reason
	}
	if r.Expect > 0 {
		reason += fmt.Sprintf("; %s/s was expected", human.Rate(r.Expect))
		switch {
		case c.Low < r.Expect && !r.unsettled() || shown:
		case r.LimitedBy == ByTrials:
			reason += ", and no trial that lasts has confirmed that: use a longer --trial"
		default:
			reason += fmt.Sprintf(", and no trial that lasts has confirmed that: for one near that rate use --max %s/s or so, or a greater --budget", human.ThreeDigits(1.2*r.Expect))
		}
	}
	return criteria.Conclusion{Word: word, Reason: reason}
}

// early says before what was found that the search did not come to its end; "" if it did.
func (r *Report) early() string {
	switch {
	case r.Cut:
		return "the file ends without the search's end (it was killed, or still goes on): so far "
	case r.Partial && r.LimitedBy == ByGenerator && r.Why != "":
		return fmt.Sprintf("the search was ended early (%s): ", r.Why)
	case r.Partial:
		return "the search was ended early: "
	}
	return ""
}

// keeps tells whether a trial has shown that the server keeps its goals at a rate: one as
// long as those that decide, which passed at that rate or above while its queue did not grow,
// and was not contradicted by a later one.
func keeps(trials []*Trial, rate float64) bool {
	yes, at := false, 0.0
	for _, t := range trials {
		switch {
		case t.Outcome == Pass && t.decides() && t.Rate >= rate && lasting(t.Blocks):
			yes, at = true, max(at, t.Rate)
		case t.Outcome == Fail && t.Rate <= at:
			yes, at = false, 0
		}
	}
	return yes
}

// AtCapacity is the trial with the rate nearest to the answer of those that show what a
// message costs the server; nil if none does, or if there is no answer as the server is gone.
func (r *Report) AtCapacity() *TrialReport {
	if r.Gone != nil {
		return nil
	}
	var nearest *TrialReport
	for i := range r.Trials {
		t := &r.Trials[i]
		if t.Server != nil && (nearest == nil || math.Abs(t.Rate-r.Capacity.Best) < math.Abs(nearest.Rate-r.Capacity.Best)) {
			nearest = t
		}
	}
	return nearest
}

// Says is the answer in one sentence.
func (r *Report) Says() string {
	c, few := r.Capacity, ""
	if r.SessionsUsedUp {
		few = "; the sessions that the load allows (max_sessions) were used up: with more of them it may carry more"
	}
	switch {
	case r.Gone != nil:
		text := r.Gone.says(len(r.Target) > 1)
		if r.LimitedBy == ByBudget && !r.Partial {
			text += "; there was no time to ask it again"
		}
		return text
	case c.Low <= 0 && r.LimitedBy == ByServer && !r.Partial:
		return fmt.Sprintf("not even %s messages/s keep the goals: %s%s", human.Rate(r.lowest()), r.Why, few)
	case r.unsettled():
		most, least := "no rate is confirmed", fmt.Sprintf("trials at up to %s/s kept the goals, and were too short to count on", human.Rate(r.passed()))
		if c.High > 0 {
			most = fmt.Sprintf("it carries less than %s messages/s", human.Rate(c.High))
		}
		if r.lasted > 0 {
			least = fmt.Sprintf("a trial that lasted kept the goals at %s/s, and a range takes more of them", human.Rate(r.lasted))
		}
		return most + r.because() + "; " + least + few
	case c.Low <= 0 && r.Why != "" && !r.Partial:
		return "no rate was shown to keep the goals: " + r.Why + few
	case c.Low <= 0:
		return "no rate was shown to keep the goals" + r.because() + few
	case c.High <= 0:
		return fmt.Sprintf("it carries at least %s messages/s%s%s", human.Rate(c.Low), r.because(), few)
	case r.LimitedBy == ByServer:
		return fmt.Sprintf("it carries %s messages/s (%s to %s)%s", human.Rate(c.Best), human.Rate(c.Low), human.Rate(c.High), few)
	}
	return fmt.Sprintf("it carries %s to %s messages/s%s%s", human.Rate(c.Low), human.Rate(c.High), r.because(), few)
}

// unsettled tells whether trials passed, and no rate that the server carries is settled.
func (r *Report) unsettled() bool { return r.Gone == nil && r.Capacity.Low <= 0 && r.passed() > 0 }

// passed is the highest rate that passed a trial, below those that are too high; 0 if none did.
func (r *Report) passed() float64 {
	most := 0.0
	for i := range r.Trials {
		if t := &r.Trials[i]; t.Outcome == Pass && (r.Capacity.High == 0 || t.Rate < r.Capacity.High) {
			most = max(most, t.Rate)
		}
	}
	return most
}

// lacksSessions tells whether the rates that are too high are so because the load allows
// too few sessions, as far as is certain.
func lacksSessions(list []limits.Finding) bool {
	return slices.ContainsFunc(list, func(f limits.Finding) bool {
		return f.ID == limits.SessionsUsedUp && f.Sure == limits.Certain
	})
}

// lowest is the lowest rate that was tried.
func (r *Report) lowest() float64 {
	least := math.Inf(1)
	for i := range r.Trials {
		least = min(least, r.Trials[i].Rate)
	}
	return least
}

// because says what cut a search short.
func (r *Report) because() string {
	if r.Partial { // which is said already
		return ""
	}
	switch r.LimitedBy {
	case ByGenerator:
		if r.Capacity.High > 0 {
			return ", and the generator was too slow to tell more"
		}
		return ", and the generator can do no more"
	case ByMachine:
		if r.Capacity.High > 0 {
			return ", and other work on its machine kept more from being told"
		}
		return ", and other work on its machine keeps more from being told"
	case ByMaximum:
		return ", the maximum asked for"
	case ByTrials:
		return ", and the trials were too short to tell more"
	case ByBudget:
		return ", and the time is used up"
	}
	return ""
}
