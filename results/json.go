package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
)

// writeJSON writes a Result, a Comparison, a Noise or a Matrix indented.
// Characters that do not print are escaped, as JSON allows and terminals need:
// encoding/json leaves the C1 controls and the marks of direction alone.
func writeJSON[T Result | Comparison | Noise | Matrix](w io.Writer, res *T) error {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false) // thresholds have < and > in them
	e.SetIndent("", "  ")
	if err := e.Encode(res); err != nil {
		return fmt.Errorf("writing the result as JSON: %w", err)
	}
	var b bytes.Buffer
	for _, r := range plain.String() {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default: // outside strings all is ASCII, so this is within one
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
