package tally

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A Slot is the place of one histogram: a phase's service, response or lag, or
// one of the generator's own three.
type Slot int

const (
	parts     = 3
	LateSlot  = Slot(parts * sample.NumPhases)
	DelaySlot = LateSlot + 1
	OwnSlot   = LateSlot + 2
	NumSlots  = int(OwnSlot) + 1
)

func SlotOf(p sample.Phase, part sample.Part) Slot { return Slot(int(p)*parts + int(part)) }

// Name is how the slot is called in a run file: "mail", "message.response".
func (s Slot) Name() string {
	switch s {
	case LateSlot:
		return "generator.late"
	case DelaySlot:
		return "generator.delay"
	case OwnSlot:
		return "generator.own"
	}
	return sample.Phase(int(s)/parts).String() + partSuffix[int(s)%parts]
}

var partSuffix = [parts]string{"", ".response", ".lag"}

var SlotsByName = func() map[string]Slot {
	m := make(map[string]Slot, NumSlots)
	for s := range Slot(NumSlots) {
		m[s.Name()] = s
	}
	return m
}()
