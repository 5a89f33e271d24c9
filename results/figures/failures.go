package figures

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// failures says of each flow in which the server took no mail, or refused most of it,
// what it said.
func (res *Result) failures(r *record.Run) []string {
	if res.NotLoaded != "" {
		return []string{"nothing was loaded: " + res.NotLoaded}
	}
	list := []string{}
	if r.Closing != nil && r.Closing.Lost != "" {
		list = append(list, "target lost: "+r.Closing.Lost)
	}
	ended := res.Interrupted || res.Deserted || res.Partial || res.nobodyLeft()
	if r.Closing != nil && r.Closing.Aborted != "" {
		list, ended = append(list, r.Closing.Aborted), true
	}
	for name, f := range res.FlowsInOrder() {
		if what := f.failure(ended); what != "" {
			list = append(list, "flow "+name+": "+what)
		}
	}
	return list
}

// failure says how the server failed the flow; "" if it did not. What the generator's
// own limits ended is a reason against the figures, and no failure of the server. Of a
// flow that was ended before anything was answered, by the user, because of another flow or
// with its program or all agents, nothing is known.
func (f *Flow) failure(ended bool) string {
	m := &f.Messages
	unexpected := m.Rejected - m.Expected
	switch {
	case len(f.Errors) > 0 && f.Errors[0].Class == sample.LocalLimit.String():
		return ""
	case m.Answered() == 0 && ended && f.onlyCanceled():
		return ""
	case m.Attempted == 0 && len(f.Errors) == 0 && f.Warmup != nil && f.Warmup.Messages.Accepted == 0:
		return "nothing was accepted in the warm-up, and nothing attempted after it" + mostFrequent(f.Warmup.Errors)
	case m.Attempted == 0 && len(f.Errors) == 0:
		return "no message was attempted"
	case m.Accepted == 0 && m.Expected == 0:
		return "nothing was accepted" + mostFrequent(f.Errors)
	case 2*unexpected > m.Attempted:
		return fmt.Sprintf("%s of %s rejected%s", human.Count(unexpected), human.CountOf(m.Attempted, "message"), mostFrequent(f.Errors))
	case f.expect.Rejections() && m.Expected == 0 && !ended:
		return fmt.Sprintf("no message was rejected as expected (%s); %s of %s accepted%s", f.expect, human.Count(m.Accepted),
			human.CountOf(m.Attempted, "message"), mostFrequent(f.Errors))
	}
	return ""
}

func (f *Flow) onlyCanceled() bool {
	for _, e := range f.Errors {
		if e.Class != sample.Canceled.String() {
			return false
		}
	}
	return true
}

// mostFrequent quotes the most frequent error that is not expected: "; most often 554 5.7.1 Relay access denied (policy at rcpt)".
func mostFrequent(list []tally.FailureCount) string {
	i := slices.IndexFunc(list, func(e tally.FailureCount) bool { return !e.Expected })
	if i < 0 {
		return ""
	}
	e := list[i]
	code := ""
	if e.Code != 0 {
		code = strings.TrimSpace(fmt.Sprint(e.Code, " ", e.Enhanced)) + " "
	}
	return fmt.Sprintf("; most often %s%s (%s at %s)", code, e.Example, e.Class, e.Phase)
}
