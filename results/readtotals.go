package results

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// ReadTotals reads a run file for its totals, many times as fast as Read and in
// little memory: of an interval's histograms it keeps only those of messages.
// All figures of a whole file come from its end and are the same. A file that
// has lost its end is read as Read does.
func ReadTotals(r io.ReadSeeker) (*Run, error) {
	f := &fileReader{lines: bufio.NewReaderSize(r, 1<<20), lean: true}
	run, err := f.read()
	if err != nil || !run.Partial() {
		return run, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to add up a run that has lost its end: %w", err)
	}
	return Read(r)
}

var (
	intervalStart   = []byte(`{"type":"` + intervalType + `"`)
	histogramsStart = []byte(`,"histograms":{`)

	// leanSlots are the histograms that are kept, by their key.
	leanSlots = func() map[string][]byte {
		keys := map[string][]byte{}
		for _, part := range []loadgen.Part{loadgen.Service, loadgen.Response} {
			name := slotOf(smtpwire.SpanMessage, part).name()
			keys[name] = []byte(`"` + name + `":"`)
		}
		return keys
	}()
)

// withoutHistograms takes the histograms off an interval's line, where nearly
// all of its bytes are, and keeps those of messages. It looks for bytes and does
// not parse: a quote within a string is escaped, so what it looks for is found
// nowhere else, and base64 has no brace and no quote. A line that is written
// in another way comes back as it is.
func withoutHistograms(line []byte) (rest []byte, kept map[string]string) {
	start := bytes.Index(line, histogramsStart)
	if start < 0 {
		return line, nil
	}
	from := start + len(histogramsStart)
	length := bytes.IndexByte(line[from:], '}')
	if length < 0 {
		return line, nil
	}
	histograms := line[from : from+length]
	kept = map[string]string{}
	for name, key := range leanSlots {
		if at := bytes.Index(histograms, key); at >= 0 {
			value := histograms[at+len(key):]
			if end := bytes.IndexByte(value, '"'); end >= 0 {
				kept[name] = string(value[:end])
			}
		}
	}
	return append(line[:start], line[from+length+1:]...), kept
}
