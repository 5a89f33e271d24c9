package figures

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
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

// MarshalJSON writes the verdict with all that keeps the run from being valid among its
// reasons: what the server failed in, too.
func (v Verdict) MarshalJSON() ([]byte, error) {
	type plain Verdict // without this method
	p := plain(v)
	p.Reasons = append([]string{}, v.Why()...)
	return json.Marshal(p)
}

// judge concludes. A server that takes no mail is a failure, and not made better by a
// generator that was busy at the time. Everything else is worth nothing if the figures
// may not be believed. A run that was ended early shows neither that a threshold
// would have been met nor that it would have been missed.
func (res *Result) judge(r *record.Run) {
	v := &res.Verdict
	v.Failures, v.Validity = res.failures(r), validityOf(r, res)
	v.Valid = len(v.Reasons) == 0 && len(v.Failures) == 0
	missed, open := res.Missed(), res.Open()
	switch {
	case len(v.Failures) > 0:
		v.Conclusion = criteria.Conclusion{Word: criteria.Failed, Reason: andMore(v.Failures, "other failure")}
	case len(v.Reasons) > 0:
		res.noteBeyondGenerator(r)
		v.Conclusion = criteria.Conclusion{Word: criteria.Invalid, Reason: andMore(v.Reasons, "other reason")}
	case res.Interrupted || res.Deserted:
		why := "its user ended the run after "
		if !res.Interrupted {
			why = "its coordinator fell silent, and the agents ended the run after "
		}
		v.Conclusion = criteria.Conclusion{Word: criteria.Undecided, Reason: why + human.Duration(res.Elapsed)}
		if len(missed) > 0 {
			v.Reason += "; until then " + res.missedText(missed)
		}
	case len(missed) > 0:
		v.Conclusion = criteria.Conclusion{Word: criteria.Failed, Reason: res.missedText(missed)}
		if len(open) > 0 {
			v.Reason += fmt.Sprintf("; %d undecided", len(open))
		}
	case len(open) > 0:
		v.Conclusion = criteria.Conclusion{Word: criteria.Undecided, Reason: res.thresholdsText("undecided", open)}
	default:
		v.Conclusion = criteria.Conclusion{Word: criteria.Pass, Reason: res.passed()}
	}
	if behind := res.fellBehind(); behind != "" && len(v.Failures) == 0 && len(v.Reasons) == 0 {
		v.Reason += "; " + behind
	}
}

// fellBehind says in which stage of a load the server first did not keep up, and at which
// rate; "" if it kept up with all.
func (res *Result) fellBehind() string {
	text, others := "", int64(0)
	for name, f := range res.FlowsInOrder() {
		i := slices.IndexFunc(f.Stages, func(s LoadStage) bool { return s.QueueGrewAt != nil })
		switch {
		case i < 0:
		case text != "":
			others++
		default:
			s := &f.Stages[i]
			text = fmt.Sprintf("the server fell behind in stage %d of %d, at %s %s", s.Stage, len(f.Stages), human.Rate(s.RateThen()), s.Arriving())
			if len(res.Flows) > 1 {
				text += ", of flow " + name
			}
		}
	}
	if others > 0 {
		text += ", and in " + human.CountOf(others, "other flow")
	}
	return text
}

func (res *Result) passed() string {
	switch n := len(res.Thresholds); n {
	case 0:
		return "the figures may be believed; the scenario has no thresholds"
	case 1:
		return "the threshold is met"
	default:
		return fmt.Sprintf("all %d thresholds are met", n)
	}
}

// Missed are the thresholds that were not met.
func (res *Result) Missed() []ThresholdResult {
	var list []ThresholdResult
	for _, t := range res.Thresholds {
		if !t.OK && !t.Undecided {
			list = append(list, t)
		}
	}
	return list
}

// Open are the thresholds of which it cannot be told whether they were met.
func (res *Result) Open() []ThresholdResult {
	var list []ThresholdResult
	for _, t := range res.Thresholds {
		if t.Undecided {
			list = append(list, t)
		}
	}
	return list
}

func (res *Result) missedText(missed []ThresholdResult) string {
	return res.thresholdsText("missed", missed)
}

// thresholdsText says how many thresholds are so, and quotes the first.
func (res *Result) thresholdsText(so string, list []ThresholdResult) string {
	if len(res.Thresholds) == 1 {
		return "threshold " + so + ": " + list[0].Text()
	}
	text := fmt.Sprintf("%d of %d thresholds %s", len(list), len(res.Thresholds), so)
	if len(list) > 1 {
		text += ", the first"
	}
	return text + ": " + list[0].Text()
}

// judgeDrift judges a drift by its interval: only what that shows has held, or was missed.
func (t *ThresholdResult) judgeDrift(d *Drift) {
	if !d.Known {
		t.Reason, t.Undecided = d.Reason, true
		return
	}
	t.Value, t.Interval = &d.PerHour, &[2]float64{d.Low, d.High}
	met, known := t.criterion.Shown(d.Low, d.High)
	t.OK, t.Undecided = met && known, !known
	if !known {
		t.Reason = "its 95 % interval has values on both sides of the limit"
	}
}

// Found is the value that a threshold found, with its interval if it has one.
func (t *ThresholdResult) Found() string {
	if t.Value == nil {
		return human.NoSamples
	}
	text := human.Figure(t.Metric.Unit(), *t.Value)
	if t.Interval != nil {
		text += " (" + human.Span(human.FigureOf(t.Metric.Unit(), t.Interval[0]), human.FigureOf(t.Metric.Unit(), t.Interval[1])) + ")"
	}
	return text
}

// Text is the threshold with what was found: "submit.message.p99 < 250ms, but it is 1.20 s".
func (t *ThresholdResult) Text() string {
	if t.Value == nil {
		return t.Expr + ", but " + t.Reason
	}
	return t.Expr + ", but it is " + t.Found()
}

// andMore is the first of some reasons, and how many others there are.
func andMore(list []string, noun string) string {
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("%s (and %s)", list[0], human.CountOf(int64(len(list)-1), noun))
}
