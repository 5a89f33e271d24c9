package compare_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// FuzzCompare compares a run from anywhere with one that is known: counts and
// figures stay numbers.
func FuzzCompare(f *testing.F) {
	known, file := madeup.Collect(f, 1)
	_, other := madeup.Collect(f, 1)
	f.Add(other)
	f.Add(file[:len(file)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := record.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if c, err := compare.Compare([]*record.Run{known}, []*record.Run{run}, compare.Options{}); err == nil {
			if _, err := json.Marshal(c); err != nil {
				t.Error(err)
			}
		}
	})
}
