package mail

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestFixedSizeIsExact(t *testing.T) {
	for _, utf8 := range []bool{false, true} {
		for _, size := range []int64{420, 512, 1000, 4096, proseSize + 123, 3*proseSize + 1} {
			s := newSource(t, Options{Seed: 3, From: "s{seq}@example.org", Size: Size{Median: size}, UTF8: utf8})
			for seq := range uint64(10) {
				if raw, _ := render(t, s, seq); int64(len(raw)) != size {
					t.Fatalf("message %d (UTF-8: %v) has %d octets, want %d", seq, utf8, len(raw), size)
				}
			}
		}
	}
	if raw, _ := render(t, newSource(t, Options{}), 0); len(raw) != 4096 {
		t.Errorf("%d octets where no size is given", len(raw))
	}
}

func TestLogNormalSize(t *testing.T) {
	const median, p99, n = 20 << 10, 500 << 10, 20_000
	z, err := newSizer(Size{Median: median, P99: p99}, 11)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int64
	for seq := range uint64(n) {
		sizes = append(sizes, z.of(seq))
	}
	slices.Sort(sizes)
	within := func(name string, got, want int64, share float64) {
		if r := float64(got) / float64(want); r < 1-share || r > 1+share {
			t.Errorf("%s %d, want %d", name, got, want)
		}
	}
	within("median", sizes[n/2], median, 0.05)
	within("p99", sizes[n*99/100], p99, 0.10)
	// One deviation below the median.
	sigma := math.Log(float64(p99)/median) / z99
	within("p15.87", sizes[n*1587/10000], int64(median*math.Exp(-sigma)), 0.05)
	if top := sizes[n-1]; top > 4*p99 {
		t.Errorf("a message of %d octets", top)
	}
}

func TestLogNormalMessages(t *testing.T) {
	s := newSource(t, Options{Seed: 2, Size: Size{Median: 600, P99: 9000}})
	var under, over int
	for seq := range uint64(300) {
		raw, _ := render(t, s, seq)
		want := s.letter.sizes.of(seq)
		if header := int64(strings.Index(raw, "\r\n\r\n") + 4); want < header+2 {
			want = header + 2 // an empty line is the least
		}
		if int64(len(raw)) != want {
			t.Errorf("message %d has %d octets, want %d", seq, len(raw), want)
		}
		if len(raw) < 600 {
			under++
		} else {
			over++
		}
	}
	if under < 100 || over < 100 {
		t.Errorf("%d under the median and %d over", under, over)
	}
}
