package figures

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Verdict is what a run comes to: the word and its reason, what the server failed in,
// and whether the figures may be believed.
type Verdict struct {
	criteria.Conclusion
	Failures []string `json:"failures"` // why the run failed, whatever its thresholds say; empty if it did not
	Validity
}

// Why is all that the verdict rests on: the failures, then what spoiled the figures. It
// is empty if the run is valid.
func (v *Verdict) Why() []string { return slices.Concat(v.Failures, v.Reasons) }

// judge concludes. A server that takes no mail is a failure, and not made better by a
// generator that was busy at the time; everything else is worth nothing if the figures
// may not be believed.
func (res *Result) judge() {
	v := &res.Verdict
	v.Valid = len(v.Reasons) == 0 && len(v.Failures) == 0
	missed := res.missed()
	switch {
	case len(v.Failures) > 0 && !res.stoppedByOwnLimits():
		v.Conclusion = criteria.Conclusion{Word: criteria.Failed, Reason: andMore(v.Failures)}
	case len(v.Reasons) > 0:
		v.Conclusion = criteria.Conclusion{Word: criteria.Invalid, Reason: andMore(v.Reasons)}
	case len(v.Failures) > 0:
		v.Conclusion = criteria.Conclusion{Word: criteria.Invalid, Reason: andMore(v.Failures)}
	case len(missed) > 0:
		reason := fmt.Sprintf("%d of %s missed: %s", len(missed), human.CountOf(int64(len(res.Thresholds)), "threshold"), missed[0].Text())
		v.Conclusion = criteria.Conclusion{Word: criteria.Failed, Reason: reason}
	case res.Interrupted:
		v.Conclusion = criteria.Conclusion{Word: criteria.Undecided, Reason: "its user ended the run early; the figures are of what was measured until then"}
	default:
		v.Conclusion = criteria.Conclusion{Word: criteria.Pass, Reason: res.passed()}
	}
}

func (res *Result) passed() string {
	if n := len(res.Thresholds); n > 0 {
		return human.CountOf(int64(n), "threshold") + " met"
	}
	return "the figures may be believed; the scenario has no thresholds"
}

func (res *Result) missed() []ThresholdResult {
	var list []ThresholdResult
	for _, t := range res.Thresholds {
		if !t.OK {
			list = append(list, t)
		}
	}
	return list
}

// Text is the threshold with what was found: "submit.message.p99 < 250ms, but it is 1.20 s".
func (t *ThresholdResult) Text() string {
	if t.Value == nil {
		return t.Expr + ", but " + t.Reason
	}
	return t.Expr + ", but it is " + human.Figure(t.Metric.Unit(), *t.Value)
}

// andMore is the first of some reasons, and how many others there are.
func andMore(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("%s (and %s)", list[0], human.CountOf(int64(len(list)-1), "other reason"))
}

// failures says of each flow in which the server took no mail, or refused most of it,
// what it said.
func (res *Result) failures(r *record.Run) []string {
	list := []string{}
	if r.Closing != nil && r.Closing.Lost != "" {
		list = append(list, "target lost: "+r.Closing.Lost)
	}
	for name, f := range res.FlowsInOrder() {
		m := &f.Messages
		switch {
		case m.Accepted == 0 && m.Attempted == 0 && len(f.Errors) == 0:
			list = append(list, fmt.Sprintf("flow %s: no message was attempted", name))
		case m.Accepted == 0:
			list = append(list, fmt.Sprintf("flow %s: nothing was accepted%s", name, mostFrequent(f.Errors)))
		case 2*m.Rejected > m.Attempted:
			list = append(list, fmt.Sprintf("flow %s: %s of %s rejected%s", name,
				human.Count(m.Rejected), human.CountOf(m.Attempted, "message"), mostFrequent(f.Errors)))
		}
	}
	return list
}

// stoppedByOwnLimits tells whether the most frequent trouble of a flow without an
// accepted message was a limit of the generator.
func (res *Result) stoppedByOwnLimits() bool {
	for _, f := range res.FlowsInOrder() {
		if f.Messages.Accepted == 0 && len(f.Errors) > 0 && f.Errors[0].Class == sample.LocalLimit.String() {
			return true
		}
	}
	return false
}

// mostFrequent quotes the most frequent error: "; most often 554 5.7.1 Relay access denied (policy at rcpt)".
func mostFrequent(list []tally.FailureCount) string {
	if len(list) == 0 {
		return ""
	}
	e := list[0]
	code := ""
	if e.Code != 0 {
		code = strings.TrimSpace(fmt.Sprint(e.Code, " ", e.Enhanced)) + " "
	}
	return fmt.Sprintf("; most often %s%s (%s at %s)", code, e.Example, e.Class, e.Phase)
}
