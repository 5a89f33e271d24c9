package serverside

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Watcher looks at a server again and again. It is not for several goroutines at once.
type Watcher struct {
	processes *processes
	groups    []*group
	kernel    kernel
	fs        procfs.FS
	cores     int
	waited    float64 // seconds of CPU time that were idle because of a disk, since the machine started
	idle      float64 // and those that were idle at all
	last      sample.Instant
}

// New finds the server, and takes a first look at it. The error says what of it is not
// there.
func New(o Options) (*Watcher, error) { return newWatcher(o, procfs.DefaultMountPoint, cgroupRoot) }

func newWatcher(o Options, proc, cgroups string) (*Watcher, error) {
	fs, err := procfs.NewFS(proc)
	if err != nil {
		return nil, err
	}
	w := &Watcher{fs: fs, processes: &processes{fs: fs, cgroups: cgroups}, kernel: kernel{fs: fs, root: proc, targets: o.Targets}}
	var missing []error
	if o.listeners {
		w.processes.targets = o.Targets
	}
	for _, text := range o.Processes {
		switch kindOf(text) {
		case byUnit, byCgroup:
			g, err := findGroup(cgroups, text)
			if err != nil {
				missing = append(missing, err)
				continue
			}
			w.groups = append(w.groups, g)
		case byPIDFile:
			w.processes.pidFiles = append(w.processes.pidFiles, text)
		case byName:
			w.processes.names = append(w.processes.names, text)
		}
	}
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	if s, err := fs.Stat(); err == nil {
		w.cores = len(s.CPU)
	}
	w.processes.groups = w.groups
	w.processes.account.began = ticksSinceStart()
	if _, err := w.Look(); err != nil {
		return nil, err
	}
	return w, w.processes.absent()
}

// Look returns what the server has done since the last look, or since New. It fails only
// if processes cannot be looked at at all: a server that has gone is one of 0 processes.
func (w *Watcher) Look() (*tally.ServerSample, error) {
	now := sample.Instant(time.Now().UnixNano())
	s := &tally.ServerSample{From: w.last, To: max(now, w.last), Cores: w.cores}
	w.last = s.To
	// What counts for all at once comes first: looking through hundreds of processes on
	// a busy machine takes a part of a second.
	for _, g := range w.groups {
		g.read()
	}
	w.lookAtMachine(s)
	if err := w.processes.look(s); err != nil {
		return nil, fmt.Errorf("looking at the server's processes: %w", err)
	}
	for _, g := range w.groups {
		g.look(s)
	}
	w.kernel.look(s, w.processes.first)
	return s, nil
}

// lookAtMachine adds how long the machine's processors had nothing to do, and how long of
// that something waited for a disk: the kernel does not say for whom.
func (w *Watcher) lookAtMachine(s *tally.ServerSample) {
	stat, err := w.fs.Stat()
	if err != nil {
		return
	}
	if s.From > 0 { // not at the first look
		s.DiskWait = whole(max(0, stat.CPUTotal.Iowait-w.waited) * float64(time.Second))
		s.Idle = whole(max(0, stat.CPUTotal.Idle+stat.CPUTotal.Iowait-w.idle) * float64(time.Second))
	}
	w.waited, w.idle = stat.CPUTotal.Iowait, stat.CPUTotal.Idle+stat.CPUTotal.Iowait
}

// ticksSinceStart is the kernel's clock by which processes start.
func ticksSinceStart() uint64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return uint64(float64(t.Nano()) / float64(time.Second) / tick)
}
