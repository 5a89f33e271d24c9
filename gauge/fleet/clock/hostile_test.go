package clock

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestImplausible(t *testing.T) {
	for name, x := range map[string]Exchange{
		"returned before it was sent":  {epoch, epoch, epoch, epoch - 1},
		"answered before it came":      {epoch, epoch + 2, epoch + 1, epoch + 5},
		"answered for longer than all": {epoch, epoch, epoch.Add(s), epoch.Add(ms)},
		"a century away":               {epoch, 1, 1, epoch + 1},
		"before time began":            {-1, epoch, epoch, epoch},
		"took an hour":                 {epoch, epoch, epoch, epoch.Add(3600 * s)},
		"overflows":                    {1, math.MaxInt64 - 1, math.MaxInt64, 2},
	} {
		var track Track
		if name == "a century away" {
			x = Exchange{math.MaxInt64 - 2, 1, 1, math.MaxInt64 - 1}
		}
		if err := track.Add(x); err == nil {
			t.Errorf("%s: it is taken", name)
		}
		if _, ok := track.At(epoch); ok {
			t.Errorf("%s: it was kept", name)
		}
	}
}

// FuzzTrack adds any timestamps: a track stays bounded, and its errors are errors.
func FuzzTrack(f *testing.F) {
	var seed []byte
	for i := range int64(3) {
		for _, at := range []int64{i * 1e9, i*1e9 + 1e6, i*1e9 + 2e6, i*1e9 + 3e6} {
			seed = binary.BigEndian.AppendUint64(seed, uint64(int64(epoch)+at))
		}
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var track Track
		for len(data) >= 32 && len(data) < 32*70 {
			var at [4]sample.Instant
			for i := range at {
				at[i] = sample.Instant(binary.BigEndian.Uint64(data[8*i:]))
			}
			data = data[32:]
			if track.Add(Exchange{at[0], at[1], at[2], at[3]}) != nil {
				continue
			}
			for _, when := range []sample.Instant{at[3], epoch} {
				r, ok := track.At(when)
				if !ok || r.Error <= 0 || r.DriftError < 0 || math.IsNaN(r.Drift) || math.Abs(r.Drift) > MaxDrift {
					t.Fatalf("%+v, %v", r, ok)
				}
			}
			track.Here(at[2])
		}
		if len(track.kept) > memory+1 || len(track.steps) > mostSteps {
			t.Fatalf("%d exchanges and %d steps are kept", len(track.kept), len(track.steps))
		}
	})
}
