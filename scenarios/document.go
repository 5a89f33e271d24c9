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
	extends      string          // read already
	vars         []named[string] // used already
	target       target          // may be incomplete: flows complete it
	defaults     flow            // decoded only to find its faults
	flows        []named[flow]
	schedule     schedule
	baseline     string
	warmup       time.Duration
	abort        abort
	server       server
	thresholds   []string
	gates        []string
	minEffect    float64
	seed         uint64
	onAgents     bool // where secrets are
	allowDomains []string
}

type schedule struct {
	section
	inTurn bool
	rounds int
}

// Names stand in file names, and in thresholds and paths of --set, in which a dot
// would end them.
const (
	namePattern = `^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`
	nameWords   = "letters, digits, - and _, at most 63, a letter or digit first"
)

// scenarioShape is the table of a scenario's options. The tables of its parts stand
// beside the parts.
var scenarioShape = object[document]{
	name: "scenario",
	fields: []field[document]{
		opt("name", text("a name of "+nameWords, namePattern), func(d *document) *string { return &d.name },
			"The name of the runs: it stands in the name of the run file, and above the tables.").mandatory(),
		opt("description", text("text", ""), func(d *document) *string { return &d.description },
			"What the scenario is for, in a sentence or two."),
		opt("extends", text("the path of a scenario, or builtin:NAME", `^[^\x00]{1,1000}$`), func(d *document) *string { return &d.extends },
			"The scenario that this one is laid over, as a path from this file. Mappings are merged, a list replaces a list, this file's values win, and null removes a value."),
		opt("vars", layered[[]named[string]]{varsShape}, func(d *document) *[]named[string] { return &d.vars },
			"Variables: ${NAME} in a text stands for the value, and --set vars.NAME=VALUE gives it another one."),
		opt("secrets", secretsPlaceShape, func(d *document) *bool { return &d.onAgents },
			"Where a run on several machines finds secrets. With agent, each agent finds ${env:NAME} and ${file:PATH} of auth on its own machine, if it was started with --secret for them. If left out, or with coordinator, they are found on the coordinator's machine, and travel to the agents under TLS. Files of accounts and private keys travel in either case."),
		opt("target", layer[target]{targetShape}, func(d *document) *target { return &d.target },
			"The server to load. A flow may override any part of it."),
		opt("defaults", layer[flow]{flowShape}, func(d *document) *flow { return &d.defaults },
			"What all flows share: it is merged into each, key by key. A flow's own value wins, a list replaces a list, and null removes a value."),
		opt("flows", layered[[]named[flow]]{flowsShape}, func(d *document) *[]named[flow] { return &d.flows },
			"The kinds of traffic, by name; at least one.").mandatory(),
		opt("schedule", scheduleShape, func(d *document) *schedule { return &d.schedule },
			"Whether flows run together or in turn, and how often.").defaultTo("{}"),
		opt("baseline", text("the name of a flow", namePattern), func(d *document) *string { return &d.baseline },
			"The flow that the others are compared with: results show what each adds to it."),
		opt("warmup", duration(0), func(d *document) *time.Duration { return &d.warmup },
			"How long each flow runs, in each round, before its figures count.").defaultTo("0s"),
		opt("abort", abortShape, func(d *document) *abort { return &d.abort },
			"A condition that ends the run before its time. One without a flow is for every flow. A load may have one of its own."),
		opt("server", serverShape, func(d *document) *server { return &d.server },
			"The server's own side, looked at once a second: its processes on this machine, with their CPU time, memory, descriptors and writes, and what a Prometheus server says."),
		opt("thresholds", listOf(thresholdText, 0, 1000), func(d *document) *[]string { return &d.thresholds },
			"Conditions that the run has to meet: [FLOW.]PHASE[.service|.response|.lag].STAT < DURATION, errors < 0.1%, rate > 100/s, accepted >= 1000. One without a flow is for every flow. If one is missed, the exit code is 3."),
		opt("gates", listOf(gateText, 0, 1000), func(d *document) *[]string { return &d.gates },
			"Changes that a comparison of such runs with earlier ones must not show: [FLOW.]METRIC > +5%, rate < -3%, setup > +2ms, errors > +0.1pp. A gate without a flow is for every flow. If one is missed, the exit code of compare and ab is 3."),
		opt("min_effect", minEffect, func(d *document) *float64 { return &d.minEffect },
			"The smallest effect of interest in a comparison of such runs, as a percentage: a smaller change is not worse. Without it, 5%."),
		opt("seed", count[uint64](0, 1<<63-1), func(d *document) *uint64 { return &d.seed },
			"The seed of everything random: arrivals, sizes, addresses, text. With the same seed two runs send the same, so that they can be compared.").defaultTo("1"),
		opt("allow_domains", listOf(text(`a domain such as example.net, *.example.net for all below it, or an address such as "[192.0.2.1]", in quotes`, domainPattern), 0, 1000), func(d *document) *[]string { return &d.allowDomains },
			"Domains that addresses may have in addition to those reserved for tests (.test, .example, .invalid, .localhost, example.com, example.net, example.org). Any other is a fault, because mail to it may reach people. A domain that a local part routes to counts too, as in user%example.net@host.test."),
	},
}

var scheduleShape = object[schedule]{
	name:    "schedule",
	example: "{flows: in-turn, rounds: 6}",
	fields: []field[schedule]{
		opt("flows", oneWord(choice[bool]{"together", false}, choice[bool]{"in-turn", true}), func(s *schedule) *bool { return &s.inTurn },
			"together runs all flows at once, in-turn one after the other.").defaultTo("together"),
		opt("rounds", count(1, 10_000), func(s *schedule) *int { return &s.rounds },
			"How often each flow runs. Comparisons need several rounds: five rounds say more than one that is five times as long.").defaultTo("1"),
	},
}

var flowsShape = byName[flow]{
	what: "a flow's name", key: namePattern, words: nameWords, item: flowShape, most: 100,
}

var varsShape = byName[string]{
	what: "a variable's name", key: tree.VariablePattern, words: "letters, digits, - and _, at most 63, a letter or _ first",
	item: variableShape{}, most: 1000,
}

// variableShape is the shape of a variable's value: any scalar. It is not filled in
// here, but where it is used.
type variableShape struct{}

func (variableShape) decode(d *decoder, n *tree.Node, out *string) {
	if n.Kind != tree.Scalar || n.Null() {
		d.wantf(n, variableWords, n.Describe())
		return
	}
	*out = n.Text
}

const variableWords = "text, a number, true or false"

func (variableShape) describe(*generator) *jsonSchema {
	return &jsonSchema{AnyOf: []*jsonSchema{
		{Type: "string", words: "text"}, {Type: "number", words: "a number"}, {Type: "boolean", words: boolean.want},
	}}
}

// layered is the shape of a value that others were merged into: a value that is left
// empty means that one of them removed it, as null does everywhere.
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

// layer is the shape of a value that is merged into flows, so it may be
// incomplete.
type layer[T any] struct{ shape[T] }

func (l layer[T]) decode(d *decoder, n *tree.Node, out *T) {
	d.partial = true
	layered[T](l).decode(d, n, out)
	d.partial = false
}

func (l layer[T]) describe(g *generator) *jsonSchema { return layered[T](l).describe(g) }
