package record

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// A Stage is a part of an open load: for so long, at a rate that goes from From to To in
// a straight line. Rates are a second, in the unit of the flow's load.
type Stage struct {
	For  time.Duration `json:"for_ns"`
	From float64       `json:"from"`
	To   float64       `json:"to"`
}

func (h *Header) setStages(p *loadgen.Plan) {
	for i := range p.Flows {
		for _, s := range p.Flows[i].Load.Stages {
			if h.Stages == nil {
				h.Stages = map[string][]Stage{}
			}
			name := p.Flows[i].Name
			h.Stages[name] = append(h.Stages[name], Stage{s.For, float64(s.From), float64(s.To)})
		}
	}
}
