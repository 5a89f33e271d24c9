package results

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
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
				p := pretended{flows: names(20), rounds: rounds, seconds: 600 / rounds, messages: 50, phases: everyPhase, noise: 0.02, together: true, seed: seed}
				files = append(files, filepath.Join(folder, fmt.Sprint(seed)))
				size += writeFile(b, files[seed], p)
			}
			runtime.GC()
			for b.Loop() {
				var runs []*Run
				for _, name := range files {
					runs = append(runs, readFile(b, name))
				}
				if _, err := Compare(runs[:1], runs[1:], CompareOptions{}); err != nil {
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

func writeFile(b *testing.B, name string, p pretended) int64 {
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	p.write(b, w)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

func readFile(b *testing.B, name string) *Run {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	run, err := ReadCourse(f)
	if err != nil {
		b.Fatal(err)
	}
	return run
}
