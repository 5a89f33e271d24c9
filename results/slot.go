package results

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A slot is the place of one histogram: a phase's service, response or lag, or
// one of the generator's own three.
type slot int

const (
	parts     = 3
	lateSlot  = slot(parts * sample.NumPhases)
	delaySlot = lateSlot + 1
	ownSlot   = lateSlot + 2
	numSlots  = int(ownSlot) + 1
)

func slotOf(p sample.Phase, part sample.Part) slot { return slot(int(p)*parts + int(part)) }

// name is how the slot is called in a run file: "mail", "message.response".
func (s slot) name() string {
	switch s {
	case lateSlot:
		return "generator.late"
	case delaySlot:
		return "generator.delay"
	case ownSlot:
		return "generator.own"
	}
	return sample.Phase(int(s)/parts).String() + partSuffix[int(s)%parts]
}

var partSuffix = [parts]string{"", ".response", ".lag"}

var slotsByName = func() map[string]slot {
	m := make(map[string]slot, numSlots)
	for s := range slot(numSlots) {
		m[s.name()] = s
	}
	return m
}()
