package tally

import (
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestBacklogIsBounded(t *testing.T) {
	var b Backlog
	for n := range 10 * MaxWaiting {
		b.Note(sample.Instant(n), int64(n), 1)
	}
	list := b.List()
	if len(list) > MaxWaiting || len(list) < MaxWaiting/4 {
		t.Fatalf("%d are kept", len(list))
	}
	for i, w := range list {
		if int64(w.At) != w.Arrivals || i > 0 && w.At <= list[i-1].At {
			t.Fatalf("entry %d is %+v", i, w)
		}
	}
}

func TestBacklogIsDueLessDone(t *testing.T) {
	var b Backlog
	b.Done(3)
	b.Note(1, 10, 2)
	b.Done(4)
	b.Note(1, 10, 2) // more of the same interval
	b.Done(3)
	b.Note(2, 10, 0)
	b.Note(3, 10, 0) // nothing happens
	b.Note(4, 12, 0)
	if want := []Waiting{{1, 3}, {2, 0}, {4, 2}}; !slices.Equal(b.List(), want) {
		t.Errorf("%v, want %v", b.List(), want)
	}
}

func TestBacklogsMerge(t *testing.T) {
	var a, b, none Backlog
	a.Note(1, 10, 1)
	a.Note(3, 30, 1)
	b.Note(2, 5, 1)
	b.Note(4, 6, 1)
	a.Merge(&b)
	a.Merge(&none)
	none.Merge(&a)
	want := []Waiting{{1, 10}, {2, 15}, {3, 35}, {4, 36}}
	if !slices.Equal(a.List(), want) || !slices.Equal(none.List(), want) {
		t.Errorf("%v and %v, want %v", a.List(), none.List(), want)
	}
}
