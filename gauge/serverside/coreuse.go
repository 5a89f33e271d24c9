package serverside

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// A CoreUse is who used this machine's cores for a while: those that the server may run
// on. Figures are in cores, on average.
type CoreUse struct {
	Cores int     `json:"cores"`
	Idle  float64 `json:"idle"` // waiting for a disk included
	// Crowded is the share of the time, looked at second by second, in which less than a
	// quarter of the cores was idle. Outside of it whoever has work to do finds a core.
	Crowded   float64 `json:"crowded"`
	Generator float64 `json:"generator"`
	Found     bool    `json:"server_found"` // its processes are known
	Server    float64 `json:"server"`       // 0 if they are not, and then Others has it
	// Others are other processes, and other machines on the same hardware: no less than what
	// those that were there all the while used by their own counters, as the cores' counters
	// leave out what a process did in interrupts. The kernel's own threads, and what writes
	// the system's logs, work for the server too, and are none.
	Others float64 `json:"others"`
	// Fleeting is what processes used that were not there at both looks, if the server has
	// such ones, as one that forks for each connection: then they may be the server's, and
	// Others does not have them.
	Fleeting float64 `json:"fleeting,omitempty"`
	// Waited is how many of the server's threads waited for a core, on average; nil if
	// that is not known.
	Waited *float64 `json:"server_waited,omitempty"`
	// Most are the processes that used most of Others, of those that lived all the while.
	Most []ProcessUse `json:"most,omitempty"`
}

// A ProcessUse is what one process used, in cores on average.
type ProcessUse struct {
	Name  string  `json:"name"`
	Cores float64 `json:"cores"`
}

// Words list who used most, such as "cc1 0.8, tar 0.2"; "" if nobody is known.
func (u *CoreUse) Words() string {
	var list []string
	for _, p := range u.Most {
		list = append(list, fmt.Sprintf("%s %.2f", printable.Text(p.Name), p.Cores))
	}
	return strings.Join(list, ", ")
}

// logWriters write what a server logs, by the names that the kernel has of them.
var logWriters = []string{"systemd-journal", "rsyslogd", "syslogd", "syslog-ng"}

// A coreLook is what the counters of this machine say at one time. All are in seconds of
// one core, since some time before.
type coreLook struct {
	at         float64 // the wall clock
	idle, used float64 // of the cores that the server may run on; used has stolen time, and no interrupts
	generator  float64
	elsewhere  bool                // this machine has more cores, on which the free processes may run too
	free       map[identity]usedBy // processes that are neither the server's nor the generator
}

type usedBy struct {
	name  string
	cores float64
	ours  bool // it works for the server too
}

// leastFree is the share of the cores that has to be idle for a second not to be crowded.
const leastFree = 0.25

// leastApart is how many seconds two looks of a crowd are apart.
const leastApart = 0.5

// A crowd adds up the time for which the cores were crowded.
type crowd struct {
	at, idle      float64 // of the last look, in seconds as in a coreLook
	crowded, time float64
}

// note takes the next look, unless it comes so soon that the kernel's ticks would decide.
func (c *crowd) note(at, idle float64, cores int) {
	length := at - c.at
	if length < leastApart {
		return
	}
	if idle-c.idle < leastFree*float64(cores)*length {
		c.crowded += length
	}
	c.time += length
	c.at, c.idle = at, idle
}

// share is of the time; 1 if there was no look.
func (c *crowd) share() float64 {
	if c.time == 0 {
		return 1
	}
	return c.crowded / c.time
}

// coreUse is who used the cores between two looks, and what the server used meanwhile.
// delay is how long its threads waited for each second that they ran; less than 0 if that
// is not known, and forks that the server has processes that come and go.
func coreUse(before, after *coreLook, cores int, found, forks bool, server, delay float64) *CoreUse {
	length := after.at - before.at
	if length <= 0 {
		return nil
	}
	u := &CoreUse{Cores: cores, Found: found, Server: server / length}
	u.Idle = max(0, after.idle-before.idle) / length
	u.Generator = max(0, after.generator-before.generator) / length
	ours, seen := 0.0, 0.0
	for id, p := range after.free {
		before, known := before.free[id]
		if !known {
			continue
		}
		used := max(0, p.cores-before.cores) / length
		if p.ours {
			ours += used
			continue
		}
		seen += used
		if used >= leastUse {
			u.Most = append(u.Most, ProcessUse{p.name, used})
		}
	}
	slices.SortFunc(u.Most, func(a, b ProcessUse) int {
		return cmp.Or(cmp.Compare(b.Cores, a.Cores), strings.Compare(a.Name, b.Name))
	})
	u.Most = u.Most[:min(len(u.Most), mostNames)]
	u.Others = max(0, (after.used-before.used)/length-u.Server-u.Generator-ours)
	switch {
	case forks && u.Others > seen:
		u.Others, u.Fleeting = seen, u.Others-seen
	case u.Others < seen && !after.elsewhere:
		u.Others = seen
	case after.elsewhere: // a process that used more than all others did so on other cores
		u.Most = slices.DeleteFunc(u.Most, func(p ProcessUse) bool { return p.Cores > u.Others })
	}
	if found && delay >= 0 {
		waited := delay * u.Server
		u.Waited = &waited
	}
	return u
}

const (
	leastUse  = 0.02 // of a core: processes that use less are not named
	mostNames = 3
)
