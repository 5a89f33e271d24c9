package fleet

import (
	"context"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
)

// Probe lets each agent try the target of a job, as gauge.Job.Probe does here. A fault that
// not all agents have says which ones have it.
func (f *Fleet) Probe(ctx context.Context, j *gauge.Job, scenario []byte) (passing []*check.Fault, err error) {
	if err := f.ready(ctx, scenario, j.Plan); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.order.Probe = true
	f.say()
	f.mu.Unlock()
	if err := f.all(ctx, func(m *member) bool { return m.Probed }); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return check.Passing(f.faults())
}

// faults are what the agents found, each once, with the names of those that found it unless
// all did. The fleet is locked.
func (f *Fleet) faults() []*check.Fault {
	var list []*check.Fault
	var by [][]string
	for _, m := range f.members {
	next:
		for _, found := range m.Faults {
			for i, known := range list {
				if string(known.ID) == found.ID && known.Target == found.Target && known.Says == found.Says {
					by[i] = append(by[i], m.name)
					continue next
				}
			}
			list = append(list, &check.Fault{ID: check.ID(found.ID), Flows: found.Flows, Target: found.Target, Says: found.Says, Do: found.Do, Passing: found.Passing})
			by = append(by, []string{m.name})
		}
	}
	for i, fault := range list {
		if len(by[i]) < len(f.members) {
			fault.Says = "from agent " + strings.Join(by[i], ", ") + ": " + fault.Says
		}
	}
	return list
}
