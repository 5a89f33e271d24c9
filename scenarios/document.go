package scenarios

import (
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A document is a scenario file as decoded: format 1. Defaults are already
// merged into the flows.
type document struct {
	section
	name         string
	description  string
	target       target // partly given: flows complete it
	defaults     flow   // only decoded to find what is wrong in it
	flows        []named[flow]
	schedule     schedule
	baseline     string
	warmup       time.Duration
	thresholds   []string
	gates        []string
	minEffect    float64
	seed         uint64
	allowDomains []string
}

type schedule struct {
	section
	inTurn bool
	rounds int
}

// nameWords are the letters of names that go into file names, paths of --set
// and thresholds, where a dot would end them.
const (
	namePattern = `^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`
	nameWords   = "letters, digits, - and _, at most 63, a letter or digit first"
)

// scenarioShape is the table of a scenario's options; those of its parts stand
// beside the parts.
var scenarioShape = object[document]{
	name: "scenario",
	fields: []field[document]{
		opt("name", text("a name of "+nameWords, namePattern), func(d *document) *string { return &d.name },
			"What the run file is called, and how tables are headed.").must(),
		opt("description", text("text", ""), func(d *document) *string { return &d.description },
			"What the scenario is for, in a sentence or two."),
		opt("target", layer[target]{targetShape}, func(d *document) *target { return &d.target },
			"The server to load. A flow may override any part of it."),
		opt("defaults", layer[flow]{flowShape}, func(d *document) *flow { return &d.defaults },
			"What all flows share: merged into each, key by key. A flow's own value wins, a list replaces a list, and null takes a value away."),
		opt("flows", layered[[]named[flow]]{flowsShape}, func(d *document) *[]named[flow] { return &d.flows },
			"The kinds of traffic, by name; at least one.").must(),
		opt("schedule", scheduleShape, func(d *document) *schedule { return &d.schedule },
			"How flows follow each other.").or("{}"),
		opt("baseline", text("the name of a flow", namePattern), func(d *document) *string { return &d.baseline },
			"The flow the others are compared with: they are shown as overhead against it."),
		opt("warmup", duration(0), func(d *document) *time.Duration { return &d.warmup },
			"How long each flow runs, in each round, before its figures count.").or("0s"),
		opt("thresholds", several(thresholdText, 0, 1000), func(d *document) *[]string { return &d.thresholds },
			"Conditions the run has to meet, or it ends with exit code 3: FLOW.PHASE[.service|.response|.lag].STAT < DURATION, FLOW.errors < 0.1%, FLOW.rate > 100/s, FLOW.accepted >= 1000."),
		opt("gates", several(gateText, 0, 1000), func(d *document) *[]string { return &d.gates },
			"Changes that a comparison of such runs with earlier ones must not show, or compare and ab end with exit code 3: [FLOW.]METRIC > +5%, rate < -3%, setup > +2ms, errors > +0.1pp. Without a flow, all are meant."),
		opt("min_effect", minEffect, func(d *document) *float64 { return &d.minEffect },
			"The smallest effect of interest to such a comparison, as a percentage: a smaller change is the same."),
		opt("seed", count[uint64](0, 1<<63-1), func(d *document) *uint64 { return &d.seed },
			"Of everything random: arrivals, sizes, addresses, text. It is the same from run to run unless you change it, so that runs can be compared.").or("1"),
		opt("allow_domains", several(text(`a domain such as example.net, *.example.net for all below it, or an address such as "[192.0.2.1]", in quotes`, domainPattern), 0, 1000), func(d *document) *[]string { return &d.allowDomains },
			"Domains that addresses may have beside those reserved for tests (.test, .example, .invalid, .localhost, example.com, example.net, example.org). Mail to any other may reach people. What a local part routes on to, as in user%example.net@host.test, counts too."),
	},
}

var scheduleShape = object[schedule]{
	name: "schedule",
	fields: []field[schedule]{
		opt("flows", choose(choice[bool]{"together", false}, choice[bool]{"in-turn", true}), func(s *schedule) *bool { return &s.inTurn },
			"All flows at once, or one after the other.").or("together"),
		opt("rounds", count(1, 10_000), func(s *schedule) *int { return &s.rounds },
			"How often the flows are gone through. Comparisons need several rounds: five say more than one that is five times as long.").or("1"),
	},
}

var flowsShape = byName[flow]{
	what: "a flow's name", key: namePattern, words: nameWords, item: flowShape, most: 100,
}

// layered is the shape of what others have been merged into: null means that
// a value has been taken away.
type layered[T any] struct{ shape[T] }

func (l layered[T]) decode(d *decoder, n *tree.Node, out *T) {
	d.layer = true
	l.shape.decode(d, n, out)
	d.layer = false
}

func (l layered[T]) describe(g *generator) *jsonSchema {
	g.nullable = true
	s := l.shape.describe(g)
	g.nullable = false
	return s
}

// layer is the shape of what is merged into flows, and so need not be whole.
type layer[T any] struct{ shape[T] }

func (l layer[T]) decode(d *decoder, n *tree.Node, out *T) {
	d.partial = true
	layered[T](l).decode(d, n, out)
	d.partial = false
}

func (l layer[T]) describe(g *generator) *jsonSchema { return layered[T](l).describe(g) }
