package capacity

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

const (
	// othersFloor is how much of a core others may use, whatever that does: the kernel
	// counts whole ticks, and a trial may be short.
	othersFloor = 0.1
	// mostGain is by how much of its CPU time a server might have had more: it is about how
	// much more it might have carried.
	mostGain = 0.05
	// An unknown server is starved if others used so much of a core when there was no load,
	// and hardly anything was idle under load.
	othersAtRest = 0.5
	leastIdle    = 0.1 // as a share
)

// starved says how others kept a server on this machine from the cores in a trial; "" if
// they did not, as far as is known. A server that uses up the machine by itself, or with the
// generator, is at its own limit. So is one that waited too little to break the goals for that, as
// one does that stands still. free is of before and after the trial.
func starved(m *Measured, free *generator.FreeAround, goals []Goal) string {
	use := m.Machine // nil if nothing is known
	if use == nil || use.Crowded == 0 {
		return "" // threads wait for moments on any machine, until a core has been woken
	}
	if !use.Found {
		return starvedUnknown(use, free)
	}
	if use.Fleeting >= othersFloor {
		if why := starvedUnknown(use, free); why != "" {
			return why
		}
	}
	// What others used, and what the server waited for, each bound what it lacked.
	lacked := use.Others
	if use.Waited != nil {
		lacked = min(lacked, *use.Waited)
		if !m.explains(time.Duration(*use.Waited*float64(m.length())), goals) {
			return ""
		}
	} else if use.Idle > leastIdle*float64(use.Cores) {
		return ""
	}
	if use.Others < othersFloor || lacked < mostGain*use.Server {
		return ""
	}
	waited := ""
	if use.Waited != nil {
		waited = fmt.Sprintf(", and %s of its threads waited for a core, on average", human.ThreeDigits(*use.Waited))
	}
	return fmt.Sprintf("other processes used %s of the server's %s%s; the server used %s%s",
		human.ThreeDigits(use.Others), human.CountOf(int64(use.Cores), "core"), inBrackets(use.Words()), human.ThreeDigits(use.Server), waited)
}

// starvedUnknown is starved for a server whose processes are not known.
func starvedUnknown(use *serverside.CoreUse, free *generator.FreeAround) string {
	if free == nil || use.Idle > leastIdle*float64(use.Cores) {
		return ""
	}
	if others := float64(use.Cores) - free.Most(); others >= othersAtRest {
		return fmt.Sprintf("something else used %s of the server's %s before and after the trial, and they were busy during it; what the server used is not all known",
			human.ThreeDigits(others), human.CountOf(int64(use.Cores), "core"))
	}
	return ""
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// fullShare is the share of the cores in use from which on hardly any is left.
const fullShare = 0.9

// besideGenerator says that a server on the generator's machine had no core left, so that its
// capacity is the one that it has beside the generator; "" if that is not so.
func besideGenerator(trials []*Trial, r Range) string {
	var nearest *Trial // the lowest rate that failed
	for _, t := range trials {
		if t.Outcome == Fail && t.Machine != nil && t.Rate >= r.Low && (nearest == nil || t.Rate < nearest.Rate) {
			nearest = t
		}
	}
	if nearest == nil {
		return ""
	}
	u := nearest.Machine
	cores := human.CountOf(int64(u.Cores), "core")
	switch {
	case u.Idle > (1-fullShare)*float64(u.Cores), u.Found && u.Others > u.Server:
		return ""
	case !u.Found:
		return fmt.Sprintf("the %s of this machine were used up, by whom is not known: name the server's processes (server.processes), or search as root", cores)
	}
	return fmt.Sprintf("the %s of this machine were used up: the server used %s, the generator %s and others %s; it is the server's limit beside this generator, and it may carry more alone",
		cores, human.ThreeDigits(u.Server), human.ThreeDigits(u.Generator), human.ThreeDigits(u.Others))
}
