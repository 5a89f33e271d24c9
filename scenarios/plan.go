package scenarios

import (
	"encoding/json"
	"hash/fnv"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// plan turns the document into a plan, and into the criteria for its runs. It
// reports the faults that show only here: names of flows that do not exist, files
// that cannot be read, addresses at which mail reaches people.
func (doc *document) plan(d *decoder) (*loadgen.Plan, criteria.Criteria) {
	var c criteria.Criteria
	p := &loadgen.Plan{
		Name:   doc.name,
		Seed:   doc.seed,
		InTurn: doc.schedule.inTurn,
		Rounds: doc.schedule.rounds,
		Warmup: doc.warmup,
	}
	for i := range doc.flows {
		p.Flows = append(p.Flows, doc.resolveFlow(d, &doc.flows[i]))
	}
	if doc.node == nil || len(doc.flows) == 0 {
		return p, c
	}
	c = doc.criteria(d)
	doc.node.Drop("extends", "vars", "defaults", "target")
	p.Scenario = json.RawMessage(doc.node.AppendJSON(nil))
	return p, c
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
	f.session.settle(d, &f.load)
	f.auth.settle(d)
	options := f.message.options(d)
	f.envelope.addTo(&options, d, doc.allowDomains)
	options.Seed = flowSeed(doc.seed, named.name)
	f.message.checkMail(d, options)
	out := loadgen.Flow{
		Name:     named.name,
		Target:   f.target.resolved(f.port),
		Session:  f.sessionResolved(),
		Load:     f.load.resolved(),
		Mail:     options,
		Timeouts: f.timeouts,
		Expect:   f.expect.resolved(),
	}
	if f.tls != sample.TLSNone {
		out.Target.TLS = f.target.tls.config(d, out.Target.Host)
	}
	return out
}

// flowSeed gives each flow a seed of its own, which stays the same if other flows
// are added or removed.
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
