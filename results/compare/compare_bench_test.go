package compare_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// BenchmarkCompare is comparing two runs of ten minutes with 20 flows and 12
// phases, from their files. It wants to be under a second, and the process
// under 200 MB: run it by itself, and see peak-MB.
func BenchmarkCompare(b *testing.B) {
	for _, rounds := range []int{1, 10} {
		b.Run(fmt.Sprintf("rounds=%d", rounds), func(b *testing.B) {
			folder := b.TempDir()
			var files []string
			size := int64(0)
			for seed := range uint64(2) {
				p := madeup.Pretended{Flows: samples.Names(20), Rounds: rounds, Seconds: 600 / rounds, Messages: 50, Phases: samples.EveryPhase, Noise: 0.02, Together: true, Seed: seed}
				files = append(files, filepath.Join(folder, fmt.Sprint(seed)))
				size += writeFile(b, files[seed], p)
			}
			runtime.GC()
			for b.Loop() {
				var runs []*record.Run
				for _, name := range files {
					runs = append(runs, readFile(b, name))
				}
				if _, err := compare.Compare(runs[:1], runs[1:], compare.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(size)/1e6, "file-MB")
			b.ReportMetric(float64(m.HeapSys)/1e6, "peak-MB")
		})
	}
}

func writeFile(b *testing.B, name string, p madeup.Pretended) int64 {
	_, file := p.Write(b)
	if err := os.WriteFile(name, file, 0o600); err != nil {
		b.Fatal(err)
	}
	return int64(len(file))
}

func readFile(b *testing.B, name string) *record.Run {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	run, err := record.ReadCourse(f)
	if err != nil {
		b.Fatal(err)
	}
	return run
}
