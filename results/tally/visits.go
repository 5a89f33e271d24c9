package tally

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// MaxAddresses is how many addresses of a flow are counted each by itself: a name
// server may give others at each look-up. Further ones are counted together.
const MaxAddresses = 64

// Visits are what became of a flow's sessions, by address. The zero address has those
// beyond MaxAddresses.
type Visits map[netip.Addr]*sample.Visits

// An AddressCount is what became of a flow's sessions at one address.
type AddressCount struct {
	Address   string `json:"address,omitempty"` // "" for all further ones together
	Started   int64  `json:"started"`           // sessions that tried it
	Unreached int64  `json:"unreached"`         // of those, the ones that came to no connection
	Failed    int64  `json:"failed"`            // of the others, those that did not complete
	Why       string `json:"why,omitempty"`     // the first one was unreached
}

// Add adds visits to an address.
func (v Visits) Add(at netip.Addr, more *sample.Visits) {
	if v[at] == nil && len(v) >= MaxAddresses {
		at = netip.Addr{}
	}
	if v[at] == nil {
		v[at] = &sample.Visits{}
	}
	v[at].Add(more)
}

// Merge adds other visits.
func (v Visits) Merge(from Visits) {
	for _, at := range from.addresses() { // in order, so that which are counted together does not vary
		v.Add(at, from[at])
	}
}

// addresses are in the order of their numbers, the zero one last.
func (v Visits) addresses() []netip.Addr {
	list := slices.SortedFunc(maps.Keys(v), netip.Addr.Compare)
	if len(list) > 0 && !list[0].IsValid() {
		list = append(list[1:], list[0])
	}
	return list
}

// Counts are the visits in the order of the addresses.
func (v Visits) Counts() []AddressCount {
	var list []AddressCount
	for _, at := range v.addresses() {
		n := v[at]
		c := AddressCount{Started: n.Started, Unreached: n.Unreached, Failed: n.Failed, Why: n.Why}
		if at.IsValid() {
			c.Address = at.String()
		}
		list = append(list, c)
	}
	return list
}

// Read adds a count of a run file. The error says what no count can be.
func (v Visits) Read(c *AddressCount) error {
	var at netip.Addr
	if c.Address != "" {
		var err error
		if at, err = netip.ParseAddr(c.Address); err != nil {
			return fmt.Errorf("address %.80q", c.Address)
		}
	}
	for _, n := range []int64{c.Started, c.Unreached, c.Failed} {
		if n < 0 || n > histogram.MaxInterval {
			return fmt.Errorf("a count of %d, want 0 to %d", n, int64(histogram.MaxInterval))
		}
	}
	if err := checkLines([]string{c.Address, c.Why}); err != nil {
		return err
	}
	v.Add(at, &sample.Visits{Started: c.Started, Unreached: c.Unreached, Failed: c.Failed, Why: c.Why})
	return nil
}
