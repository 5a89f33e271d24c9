package tally

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

func TestVisitsAddUp(t *testing.T) {
	v, other := Visits{}, Visits{}
	v.Add(netip.MustParseAddr("10.0.0.10"), &sample.Visits{Started: 2, Unreached: 1, Why: "refused: first"})
	other.Add(netip.MustParseAddr("10.0.0.10"), &sample.Visits{Started: 3, Unreached: 1, Failed: 1, Why: "refused: second"})
	other.Add(netip.MustParseAddr("10.0.0.2"), &sample.Visits{Started: 1})
	v.Merge(other)
	want := []AddressCount{{"10.0.0.2", 1, 0, 0, ""}, {"10.0.0.10", 5, 2, 1, "refused: first"}}
	if got := v.Counts(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A name server may give another address each time. What is beyond the bound is
// counted together, and nothing is lost.
func TestVisitsAreBounded(t *testing.T) {
	v := Visits{}
	for i := range 300 {
		v.Add(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), &sample.Visits{Started: 1})
	}
	counts := v.Counts()
	if last := counts[len(counts)-1]; len(counts) != MaxAddresses+1 || last != (AddressCount{Started: 300 - MaxAddresses}) {
		t.Errorf("%d counts, the last %+v", len(counts), last)
	}
}

func TestVisitsOfAFileAreChecked(t *testing.T) {
	v := Visits{}
	for _, good := range []AddressCount{{Address: "fe80::1%eth0", Started: 1}, {Started: 2}} {
		if err := v.Read(&good); err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(v.Counts()); got != "[{fe80::1%eth0 1 0 0 } { 2 0 0 }]" {
		t.Error(got)
	}
	for _, bad := range []AddressCount{
		{Address: "mx"}, {Started: -1}, {Unreached: histogram.MaxInterval + 1}, {Failed: -1}, {Why: strings.Repeat("x", maxOffer+1)},
		{Address: "fe80::1%" + strings.Repeat("x", maxOffer)},
	} {
		if v.Read(&bad) == nil {
			t.Errorf("taken from a file: %.100v", bad)
		}
	}
}
