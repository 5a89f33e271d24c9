package record

import "testing"

// A generator that shared its cores is what spoils figures merged of several.
func TestMergedGeneratorsHaveTheFewestFreeCores(t *testing.T) {
	quiet, busy := &FreeAround{Before: 1.9, After: 1.8}, &FreeAround{Before: 0.1, After: 0.2}
	for _, list := range [][]*FreeAround{{quiet, busy}, {busy, quiet}, {nil, busy, nil}} {
		var g Usage
		for _, f := range list {
			g.merge(Usage{Free: f})
		}
		if g.Free != busy {
			t.Errorf("merged %v, want %v", g.Free, busy)
		}
	}
}
