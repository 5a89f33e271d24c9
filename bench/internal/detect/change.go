//go:build linux

package main

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
)

// A change is what is done to the new side of a comparison.
type change struct {
	name      string
	title     string
	fixed     time.Duration // added at RCPT
	share     float64       // of the median of a message, also added at RCPT
	minEffect float64       // an option of compare; 0 leaves it to that: 5 %
	madeUp    bool          // only in made-up rounds
}

var changes = []change{
	{name: "alike", title: "nothing"},
	{name: "3ms", title: "3 ms at RCPT", fixed: 3 * time.Millisecond},
	{name: "10%", title: "10 % at RCPT", share: 0.1, madeUp: true},
	{name: "5%", title: "5 % at RCPT", share: 0.05, madeUp: true}, // as small as can be of interest
	{name: "1%", title: "1 % at RCPT", share: 0.01, minEffect: 0.01},
}

// added returns how much longer RCPT takes if messages have that median.
func (c *change) added(median time.Duration) time.Duration {
	return c.fixed + time.Duration(c.share*float64(median))
}

// nothing tells whether nothing is changed. Then every difference that compare finds is a
// false alarm.
func (c *change) nothing() bool { return c.fixed == 0 && c.share == 0 }

// The rows in which a change at RCPT must show.
const (
	messageMedian = "message.p50"
	rcptMedian    = "rcpt.p50"
)

// An outcome is the outcome of one comparison.
type outcome struct {
	rounds     int           // of each side
	tested     int           // metrics
	found      bool          // messages are worse, and RCPT too if the change is large and that is compared
	unresolved bool          // no difference is shown in messages, and the change is not resolvable
	falseSame  bool          // messages are called the same although the change is of interest
	alarms     []string      // rows with a wrong verdict
	difference *float64      // by how many per cent messages take longer
	resolvable *float64      // per cent
	needed     int           // rounds of each side; 0 if compare does not say
	took       time.Duration // to make the rounds and compare them

	runs, invalid int
	reason        string // of the first invalid run
}

// judge reads the outcome from a comparison.
func (c *change) judge(comparison *compare.Comparison) (*outcome, error) {
	rows := map[string]*compare.Row{}
	for i := range comparison.Rows {
		rows[comparison.Rows[i].Metric] = &comparison.Rows[i]
	}
	message, rcpt := rows[messageMedian], rows[rcptMedian]
	if message == nil {
		return nil, fmt.Errorf("the comparison has no row %s", messageMedian)
	}
	o := &outcome{
		rounds: min(message.BaseRounds, message.NewRounds), tested: comparison.Tested,
		difference: message.DeltaPercent, resolvable: message.ResolvablePercent, needed: message.RoundsNeeded,
	}
	if message.Verdict == stats.TooFewRuns {
		return nil, fmt.Errorf("%d rounds a side are too few for any verdict: %d would do", o.rounds, o.needed)
	}
	o.found = message.Verdict == stats.Worse
	if c.fixed > 0 && rcpt != nil {
		o.found = o.found && rcpt.Verdict == stats.Worse
	}
	o.falseSame = message.Verdict == stats.Same && !c.nothing()
	if message.Verdict == stats.NotShown && c.share > 0 {
		o.unresolved = o.needed > o.rounds
		if c.minEffect == 0 { // then compare says how many rounds it takes for its own smallest effect
			o.unresolved = o.resolvable == nil || *o.resolvable > 100*c.share
		}
	}
	for i := range comparison.Rows {
		// No change makes anything better. If RCPT takes longer, the spans that have
		// it in them may be worse too.
		if r := &comparison.Rows[i]; r.Verdict == stats.Better || r.Verdict == stats.Worse && c.nothing() {
			o.alarms = append(o.alarms, r.Metric+" "+string(r.Verdict))
		}
	}
	return o, nil
}

func changeNames() []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.name)
	}
	return all
}
