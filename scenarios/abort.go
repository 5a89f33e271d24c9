package scenarios

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// An abort says when to end a run before its time.
type abort struct {
	section
	when        string
	over, after time.Duration
}

var abortShape = object[abort]{
	name:    "abort",
	example: `{when: "errors > 20%", over: 10s}`,
	fields: []field[abort]{
		opt("when", thresholdText, func(a *abort) *string { return &a.when },
			"A condition like those of thresholds. As soon as it holds, the run ends in order, and has failed.").mandatory(),
		opt("over", duration(time.Second), func(a *abort) *time.Duration { return &a.over },
			"It has to hold for the last so long, all together.").defaultTo("10s"),
		opt("after", duration(0), func(a *abort) *time.Duration { return &a.after },
			"It is not looked at before the flow's load has lasted so long, nor before over.").defaultTo("0s"),
	},
}

// aborts are the conditions on which a run is ended: those of loads, and that of the
// scenario.
func (doc *document) aborts(d *decoder) []criteria.Abort {
	names := doc.flowNames()
	var list []criteria.Abort
	add := func(a *abort, flows []string) {
		if a.when == "" {
			return // none, or reported already
		}
		at := a.at("when")
		conditions, err := doc.threshold(d, at, a.when, flows)
		if err != nil {
			d.Faultf(at, "%v", err)
			return
		}
		for _, t := range conditions {
			list = append(list, criteria.Abort{When: t, Over: a.over, After: a.after})
		}
	}
	for i := range doc.flows {
		a := &doc.flows[i].value.load.abort
		if t, err := criteria.ParseThreshold(a.when); err == nil && t.Flow != "" {
			d.Faultf(a.at("when"), "the condition is on the flow that it stands in: leave out %s., or move abort to the top of the file", t.Flow)
			continue
		}
		before := len(list)
		add(a, names)
		// Without a flow it was read for every flow: what stands here is for one.
		list = slices.Concat(list[:before], slices.DeleteFunc(list[before:], func(c criteria.Abort) bool { return c.When.Flow != names[i] }))
	}
	add(&doc.abort, names)
	return list
}
