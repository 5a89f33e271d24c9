package tally

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A Slot is the place of one histogram: a phase's service, response or lag times, or
// one of the others.
type Slot int

// The other slots come after those of the phases: the generator's own times, and the
// times of messages that ended before the reply to their body.
const (
	parts          = 3
	LateSlot       = Slot(parts * sample.NumPhases)
	DelaySlot      = LateSlot + 1
	OwnSlot        = LateSlot + 2
	UnfinishedSlot = LateSlot + 3
	NumSlots       = int(UnfinishedSlot) + 1
)

// SlotOf is the slot of one of a phase's times.
func SlotOf(p sample.Phase, part sample.Part) Slot { return Slot(int(p)*parts + int(part)) }

// Name is the slot's name in a run file: "mail", "message.response".
func (s Slot) Name() string {
	switch s {
	case LateSlot:
		return "generator.late"
	case DelaySlot:
		return "generator.delay"
	case OwnSlot:
		return "generator.own"
	case UnfinishedSlot:
		return "message.unfinished"
	}
	return sample.Phase(int(s)/parts).String() + partSuffix[int(s)%parts]
}

var partSuffix = [parts]string{"", ".response", ".lag"}

// everySlot are all slots.
var everySlot = func() (list []Slot) {
	for s := range Slot(NumSlots) {
		list = append(list, s)
	}
	return list
}()

// SlotsByName finds a slot by its name.
var SlotsByName = func() map[string]Slot {
	m := make(map[string]Slot, NumSlots)
	for s := range Slot(NumSlots) {
		m[s.Name()] = s
	}
	return m
}()
