package render

import (
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A document is a run in figures, with what its flows' choices cost. It marshals
// to what `show --format json` prints.
type document struct {
	*figures.Result
	Matrix *compare.Matrix `json:"matrix,omitempty"` // if there is a baseline
}

func newDocument(r *record.Run) *document { return &document{figures.Of(r), compare.MatrixOf(r)} }
