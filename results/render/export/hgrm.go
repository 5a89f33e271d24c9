package export

import (
	"bytes"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// Percentiles writes the percentile distribution of every histogram that
// find returns and that has samples.
func Percentiles(w io.Writer, flows []string, find func(string, sample.Phase, sample.Part) *histogram.Histogram) error {
	var b bytes.Buffer
	for _, flow := range flows {
		for i := range sample.NumPhases {
			for part := range sample.Part(sample.NumParts) {
				phase := sample.Phase(i)
				h := find(flow, phase, part)
				if h.Count() == 0 {
					continue
				}
				// HdrHistogram's own comments begin with "#[" too, but never
				// with "#[flow": files are cut apart there.
				fmt.Fprintf(&b, "#[flow %s, phase %s, %s]\n", printable.Text(flow), phase, part)
				if err := h.WritePercentiles(&b); err != nil {
					return fmt.Errorf("writing the percentiles of %s, %s: %w", flow, phase, err)
				}
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
