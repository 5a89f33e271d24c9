package mail

import (
	"slices"
	"time"
)

// Sizes returns how large the messages of a Source are, in octets as SIZE counts them
// (RFC 1870): the median, and the largest that there can be.
func (s *Source) Sizes() (median, largest int64) {
	if s.letter != nil {
		attached := int64(len(s.letter.attached.raw))
		median = s.letter.sizes.median
		return median + attached, max(median, s.letter.sizes.top) + attached
	}
	own := int64(len(s.appendIdentity(nil, 0, time.Unix(0, 0))))
	sizes := make([]int64, len(s.files))
	for i := range s.files {
		sizes[i] = own + int64(len(s.files[i].raw))
	}
	slices.Sort(sizes)
	return sizes[(len(sizes)-1)/2], sizes[len(sizes)-1]
}
