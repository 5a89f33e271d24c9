package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
)

// writeJSON writes JSON, indented. What is not printable is escaped as JSON does, so
// that nothing is lost.
func writeJSON[T document | compare.Comparison | compare.Noise | compare.Matrix](w io.Writer, res *T) error {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false) // thresholds have < and > in them
	e.SetIndent("", "  ")
	if err := e.Encode(res); err != nil {
		return fmt.Errorf("writing the result as JSON: %w", err)
	}
	_, err := io.WriteString(w, printable.JSON(plain.String()))
	return err
}
