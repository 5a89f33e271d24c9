package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

var (
	thresholdText = text("a condition such as "+criteria.ThresholdExamples, criteria.ThresholdPattern)
	gateText      = text("a change such as "+criteria.GateExamples, criteria.GatePattern)
)

// minEffect is the shape of a smallest effect of interest.
var minEffect = literal[float64]{
	want: "a percentage such as 3%",
	tags: []tree.Tag{tree.IsText, tree.IsInteger, tree.IsFloat},
	parse: func(text string) (float64, error) {
		v, err := criteria.ParseShare(text)
		switch {
		case errors.Is(err, criteria.ErrNoPercent):
			return 0, err
		case err != nil:
			return 0, errShape
		}
		return v, nil
	},
	schema: jsonSchema{Type: "string", Pattern: criteria.SharePattern},
}

// criteria returns what runs are judged by.
func (doc *document) criteria(d *decoder) criteria.Criteria {
	names := doc.flowNames()
	if doc.baseline != "" {
		if fault := unknownFlow(doc.baseline, names); fault != nil {
			d.Faultf(doc.at("baseline"), "%v", fault)
		}
	}
	c := criteria.Criteria{Baseline: doc.baseline, MinEffect: doc.minEffect}
	c.Thresholds = parseCriteria(d, doc.node.Get("thresholds"), doc.thresholds, func(at tree.Position, text string) ([]criteria.Threshold, error) {
		return doc.threshold(d, at, text, names)
	})
	c.Gates = parseCriteria(d, doc.node.Get("gates"), doc.gates, func(_ tree.Position, text string) ([]criteria.Gate, error) {
		g, err := doc.gate(text, names)
		return []criteria.Gate{g}, err
	})
	c.Aborts = doc.aborts(d)
	return c
}

// parseCriteria reads a list of criteria, and reports those that are wrong.
func parseCriteria[C any](d *decoder, list *tree.Node, texts []string, parse func(tree.Position, string) ([]C, error)) []C {
	var all []C
	for i, text := range texts {
		if text == "" {
			continue // reported already
		}
		at := list.Items[i].At
		found, err := parse(at, text)
		if err != nil {
			d.Faultf(at, "%v", err)
			continue
		}
		all = append(all, found...)
	}
	return all
}

// threshold reads a condition on one of the flows, or on every flow that has the
// figure.
func (doc *document) threshold(d *decoder, at tree.Position, text string, names []string) ([]criteria.Threshold, error) {
	t, err := criteria.ParseThreshold(text)
	if t.Flow != "" {
		if fault := unknownFlow(t.Flow, names); fault != nil {
			return nil, noSuchName(criteria.ThresholdName(t.Expr), t.Flow, fault, err)
		}
	}
	if err != nil {
		return nil, err
	}
	if t.Metric.OfServer() {
		if t.Metric.Drift {
			doc.noteDrift(d, at, &t)
		}
		return []criteria.Threshold{t}, doc.looksAt(t.Expr, t.Metric)
	}
	if t.Bare() {
		d.notef(at, "%s: the limit is %.4g %%, since it has no %% of its own", t.Expr, t.Limit*100)
	}
	if t.Flow != "" {
		if t.Metric.Drift {
			doc.noteDrift(d, at, &t)
		}
		return []criteria.Threshold{t}, t.CheckLoad(doc.load(slices.Index(names, t.Flow)))
	}
	var all []criteria.Threshold
	for i, name := range names {
		of := t.Of(name)
		if unfit := of.CheckLoad(doc.load(i)); unfit != nil {
			err = unfit
			continue
		}
		if of.Metric.Drift {
			doc.noteDrift(d, at, &of)
		}
		all = append(all, of)
	}
	if len(all) > 0 {
		err = nil
	}
	return all, err
}

// looksAt returns an error if the scenario does not look at what a criterion on the
// server's own side is about.
func (doc *document) looksAt(expr string, m criteria.Metric) error {
	if m.Kind != criteria.ServerQuery {
		if !doc.server.has("processes") && !doc.server.has("agent") {
			return errors.New(expr + ": the server is not looked at: name its processes, as in server: {processes: [postfix]}")
		}
		return nil
	}
	var names []string
	for _, q := range doc.server.prometheus.queries {
		names = append(names, q.name)
	}
	switch {
	case slices.Contains(names, m.Query):
		return nil
	case len(names) == 0:
		return fmt.Errorf("%s: there is no query %s: ask it, as in server: {prometheus: {url: ..., queries: {%s: ...}}}", expr, m.Query, m.Query)
	}
	return fmt.Errorf("%s: no query is named %s: %sknown are %s", expr, tree.Quote(m.Query), spelling.Suggest(m.Query, names), tree.List(names))
}

// noSuchName is the error for a name that begins with no flow of the scenario, which is
// noFlow. err is what is wrong with the rest of it: if anything is, then the whole name may
// be that of a figure, misspelt.
func noSuchName(name, flow string, noFlow, err error) error {
	switch {
	case err == nil:
		return noFlow
	case flow+"." == criteria.ServerPrefix:
		return unknownServerFigure(name)
	}
	if misspelt := criteria.Misspelt(name); misspelt != nil {
		return misspelt
	}
	return noFlow
}

// unknownServerFigure is the error for a figure that the server's own side does not
// have, if that is what a name means whose flow does not exist.
func unknownServerFigure(name string) error {
	known := criteria.ServerFigures()
	return errors.New("no figure of the server is named " + tree.Quote(name) + ": " + spelling.Suggest(name, known) + "known are " + tree.List(known))
}

// gate reads a change, and refuses one that no comparison of such runs can judge,
// because there is no such flow, or the flow has no such metric.
func (doc *document) gate(text string, names []string) (criteria.Gate, error) {
	g, err := criteria.ParseGate(text)
	if unknown := new(criteria.UnknownError); errors.As(err, &unknown) {
		return g, unknown.Without(func(flow string) bool { return slices.Contains(names, flow) })
	}
	if err != nil {
		return g, err
	}
	if g.Flow != "" {
		if fault := unknownFlow(g.Flow, names); fault != nil {
			return g, fault
		}
	}
	if m, ok := g.OfServer(); ok {
		return g, doc.looksAt(g.Expr, m)
	}
	if g.Flow != "" {
		return g, g.CheckLoad("flow "+g.Flow, doc.load(slices.Index(names, g.Flow)))
	}
	for i := range names {
		if err = g.CheckLoad("every flow", doc.load(i)); err == nil {
			break
		}
	}
	return g, err
}

// load is the kind of a flow's load.
func (doc *document) load(flow int) sample.LoadKind {
	if doc.flows[flow].value.load.open() {
		return sample.OpenLoad
	}
	return sample.ClosedLoad
}

// unknownFlow is the error that no flow has that name; nil if one has.
func unknownFlow(name string, names []string) error {
	if slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("no flow is named %s: %sknown are %s", tree.Quote(name), spelling.Suggest(name, names), tree.List(names))
}

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
		if len(conditions) > 0 && conditions[0].Metric.OfServer() {
			d.Faultf(at, "%s: a run is aborted by what its flows meet, and not by the server's own side", a.when)
			return
		}
		if len(conditions) > 0 && conditions[0].Metric.Drift {
			d.Faultf(at, "%s: a run is aborted by what its last seconds show, and a drift takes all of a long one: make it a threshold", a.when)
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

// noteDrift notes that a threshold on a drift cannot be told under the scenario's load. A
// load that ends with its messages alone may take any time, and is not noted.
func (doc *document) noteDrift(d *decoder, at tree.Position, t *criteria.Threshold) {
	longest := doc.watched()
	if !t.Metric.OfServer() {
		if doc.schedule.rounds > 1 {
			d.notef(at, "%s: a load in rounds has no drift, so this will be undecided: leave schedule.rounds out", t.Expr)
			return
		}
		longest = doc.flows[slices.Index(doc.flowNames(), t.Flow)].value.load.steady()
	}
	if longest > 0 && longest < criteria.LeastDrift {
		d.notef(at, "%s: the load is %s long, and a drift takes %s at least, so this will be undecided", t.Expr, criteria.DurationText(longest), criteria.DurationText(criteria.LeastDrift))
	}
}

// watched is how long the server is looked at, from the first load to the last; 0 if that
// is not known.
func (doc *document) watched() time.Duration {
	var longest, sum time.Duration
	for i := range doc.flows {
		length := doc.flows[i].value.load.length()
		if length == 0 {
			return 0
		}
		longest, sum = max(longest, length), sum+length
	}
	if doc.schedule.inTurn {
		longest = sum
	}
	return longest * time.Duration(max(1, doc.schedule.rounds))
}

// length is how long the load lasts at the most; 0 if it ends with its messages alone.
func (l *load) length() time.Duration {
	sum := l.duration
	for i := range l.stages {
		sum += l.stages[i].length
	}
	return sum
}

// steady is the longest part of the load with one rate; 0 if it ends with its messages
// alone.
func (l *load) steady() time.Duration {
	longest := l.duration
	for i := range l.stages {
		if s := &l.stages[i]; s.from == s.to {
			longest = max(longest, s.length)
		}
	}
	return longest
}
