package scenarios

import (
	"encoding/json"
	"hash/fnv"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// plan turns the document into a plan, and reports what shows only then: names
// that name nothing, files that cannot be read, addresses that reach people.
func (doc *document) plan(d *decoder) *loadgen.Plan {
	p := &loadgen.Plan{
		Name:     doc.name,
		Seed:     doc.seed,
		InTurn:   doc.schedule.inTurn,
		Rounds:   doc.schedule.rounds,
		Warmup:   doc.warmup,
		Baseline: doc.baseline,

		MinEffect: doc.minEffect,
	}
	for i := range doc.flows {
		p.Flows = append(p.Flows, doc.resolveFlow(d, &doc.flows[i]))
	}
	if doc.node == nil || len(doc.flows) == 0 {
		return p
	}
	names := doc.flowNames()
	if doc.baseline != "" && !slices.Contains(names, doc.baseline) {
		d.faultf(doc.at("baseline"), "no flow is named %s: %sknown are %s", quote(doc.baseline), suggest(doc.baseline, names), list(names))
	}
	p.Thresholds = doc.resolveThresholds(d, names)
	p.Gates = doc.resolveGates(d, names)
	doc.node.drop("defaults", "target")
	p.Scenario = json.RawMessage(doc.node.appendJSON(nil))
	return p
}

func (doc *document) flowNames() []string {
	names := make([]string, len(doc.flows))
	for i, f := range doc.flows {
		names[i] = f.name
	}
	return names
}

func (doc *document) resolveFlow(d *decoder, named *named[flow]) loadgen.Flow {
	f := &named.value
	f.session.settle(&f.load)
	f.auth.settle(d)
	options := f.message.options(d)
	f.envelope.fill(d, doc.allowDomains, &options)
	options.Seed = flowSeed(doc.seed, named.name)
	f.message.checkMail(d, options)
	out := loadgen.Flow{
		Name:     named.name,
		Target:   f.target.resolved(f.port),
		Session:  f.sessionResolved(),
		Load:     f.load.resolved(),
		Mail:     options,
		Timeouts: f.timeouts,
	}
	if f.tls != sample.TLSNone {
		out.Target.TLS = f.target.tls.config(d, out.Target.Host)
	}
	return out
}

// flowSeed gives each flow mail of its own, which stays the same when other
// flows come and go.
func flowSeed(seed uint64, name string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(name))
	return h.Sum64()
}

func (doc *document) resolveThresholds(d *decoder, names []string) []loadgen.Threshold {
	open := func(name string) (bool, bool) {
		i := slices.Index(names, name)
		return i >= 0 && doc.flows[i].value.load.open(), i >= 0
	}
	var all []loadgen.Threshold
	for i, text := range doc.thresholds {
		if text == "" {
			continue // a fault already
		}
		t, err := parseThreshold(text, open, names)
		if err != nil {
			d.faultf(doc.node.get("thresholds").items[i].at, "%v", err)
			continue
		}
		all = append(all, t)
	}
	return all
}

// drop takes keys off a mapping.
func (n *node) drop(keys ...string) {
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return slices.Contains(keys, e.key) })
}
