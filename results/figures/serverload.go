package figures

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A ServerLoad is what the server's processes did in some windows of a run.
type ServerLoad struct {
	tally.ServerSample               // all of it put together
	looked, load       time.Duration // how long of the load they were looked at
	gone               time.Duration // how long of that there was none
	blind              time.Duration // how long of it passed between looks that are far apart
}

// ServerUnder puts together what was seen of the server's processes in some windows.
func ServerUnder(r *record.Run, windows ...record.Window) ServerLoad {
	var l ServerLoad
	for _, w := range windows {
		l.load += w.Length()
		part := r.Server.Between(w.From, w.To)
		l.looked, l.blind = l.looked+part.Length(), l.blind+part.Blind()
		l.gone += r.Server.Gone(w.From, w.To)
		if l.To == 0 {
			l.ServerSample = part
		} else if part.Length() > 0 {
			l.Join(&part)
		}
	}
	return l
}

// Known tells whether the server was there, and looked at, for most of the load, so that
// there are figures of it.
func (l *ServerLoad) Known() bool {
	return l.load > 0 && float64(l.looked-l.blind-l.gone) >= leastLooked*float64(l.load)
}

// unseen says for how long of the load the server was looked at, if that is too short for
// figures of it; "" if it is not.
func (l *ServerLoad) unseen() string {
	if seen := l.looked - l.blind; float64(seen) < leastLooked*float64(l.load) {
		return fmt.Sprintf("looked at for %.1f s of %.1f s only", seen.Seconds(), l.load.Seconds())
	}
	return ""
}

// CPUPerMessage shares out the CPU time; false if it is not known, or if there was no message.
func (l *ServerLoad) CPUPerMessage(messages int64) (time.Duration, bool) {
	if !l.Known() || messages <= 0 {
		return 0, false
	}
	return time.Duration(float64(l.CPU) / float64(messages)), true
}

// WrittenPerMessage shares out the octets written to disks, as CPUPerMessage does.
func (l *ServerLoad) WrittenPerMessage(messages int64) (float64, bool) {
	if !l.Known() || messages <= 0 || l.Written == nil {
		return 0, false
	}
	return float64(*l.Written) / float64(messages), true
}
