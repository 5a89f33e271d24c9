package sinkprocess

import (
	"fmt"
	"io"
	"sync"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// FewLines writes the sink's log to w, and stops after ten lines: if hundreds of
// connections break, the sink counts them, and nobody needs a line about each.
func FewLines(w io.Writer) func(string, ...any) {
	const most = 10
	var mu sync.Mutex
	written := 0
	return func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		if written++; written > most {
			return
		}
		fmt.Fprintf(w, "sink: %s\n", printable.Text(fmt.Sprintf(format, args...)))
		if written == most {
			fmt.Fprintln(w, "sink: no further errors are shown")
		}
	}
}
