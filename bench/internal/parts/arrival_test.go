package parts

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// BenchmarkArrival measures how long it takes to compute when the next arrival is due.
func BenchmarkArrival(b *testing.B) {
	const year = 365 * 24 * time.Hour
	for _, bc := range []struct {
		name    string
		stage   pace.Stage
		process pace.Process
	}{
		{"uniform", pace.Stage{For: year, From: 1000, To: 1000}, pace.Uniform},
		{"ramp", pace.Stage{For: year, From: 1, To: 2000}, pace.Uniform},
		{"poisson", pace.Stage{For: year, From: 1000, To: 1000}, pace.Poisson},
	} {
		b.Run(bc.name, func(b *testing.B) {
			s := pace.New([]pace.Stage{bc.stage}, bc.process, 1)
			b.ReportAllocs()
			var n int64
			for b.Loop() {
				if _, ok := s.At(n); !ok {
					n = -1
				}
				n++
			}
		})
	}
}
