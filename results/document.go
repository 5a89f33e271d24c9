package results

// A document is a run in figures, with what its flows' choices cost. It marshals
// to what `show --format json` prints.
type document struct {
	*Result
	Matrix *Matrix `json:"matrix,omitempty"` // if there is a baseline
}

func newDocument(r *Run) *document { return &document{r.Result(), newMatrix(r)} }
