package sinkprocess

import (
	"fmt"
	"io"
	"sync"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// FewLines writes the sink's complaints to w, and stops after ten: a storm of
// broken connections is counted, not told one by one.
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
			fmt.Fprintln(w, "sink: further trouble is only counted")
		}
	}
}
