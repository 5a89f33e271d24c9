package render

import (
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// A document is a run in figures, with what its flows' choices cost. It marshals
// to what `show --format json` prints.
type document struct {
	*figures.Result
	Matrix *compare.Matrix `json:"matrix,omitempty"` // if there is a baseline
}

func newDocument(r *record.Run) *document { return &document{figures.Of(r), compare.MatrixOf(r)} }

// writeTables writes res for a terminal, in lines no wider than o.Width as far
// as names allow.
func writeTables(w io.Writer, res *document, o Options) error {
	return table.Draw(w, res.heading(), res.report(), o.terminal())
}

// writeMarkdown writes the report as GitHub shows it in a pull request.
func writeMarkdown(w io.Writer, res *document) error {
	return table.Markdown(w, res.heading(), res.report())
}

// eachPhase goes through the phases of a flow that have samples, in the order
// a session does.
func eachPhase(f *figures.Flow, visit func(name string, p *figures.Phase)) {
	for i := range sample.NumPhases {
		name := sample.Phase(i).String()
		if p := f.Phases[name]; p != nil {
			visit(name, p)
		}
	}
}

// eachFlow goes through the flows in the scenario's order.
func (res *document) eachFlow(visit func(name string, f *figures.Flow)) {
	for _, name := range res.FlowOrder {
		if f := res.Flows[name]; f != nil {
			visit(name, f)
		}
	}
}
