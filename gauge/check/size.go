package check

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// size compares the SIZE that EHLO offered (RFC 1870) with the flow's messages. It is a
// fault if most are over it, and one that passes if some are.
func (e *explainer) size(found []*Fault) *Fault {
	median, largest := e.walk.Median, e.walk.Largest
	limit := offerIn(e.walk.Offers()).number("SIZE")
	known := func(f *Fault) bool { return f.ID == MessageTooBig }
	if limit == 0 || largest <= limit || slices.ContainsFunc(found, known) {
		return nil
	}
	const do = "make message.size smaller (--size), or raise the server's limit"
	if median > limit {
		return e.fault(MessageTooBig, do, "EHLO offers SIZE %s, and a message of the flow has %s octets: the server would refuse it", human.Count(limit), human.Count(median))
	}
	return e.passing(MessageTooBig, do, "EHLO offers SIZE %s, and the flow's largest messages have up to %s octets: the server will refuse those over its limit", human.Count(limit), human.Count(largest))
}
