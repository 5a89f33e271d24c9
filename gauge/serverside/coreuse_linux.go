package serverside

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// Cores looks at who uses this machine's cores, from WatchCores on.
type Cores struct {
	w        *Watcher
	allowed  unix.CPUSet // the cores that the server may run on
	first    *coreLook
	crowd    crowd
	schedule map[int]procfs.ProcSchedstat // of the server's threads, at the first look
}

// WatchCores takes a first look. The server is who listens at the targets of the options,
// and the processes that they name, if they run.
func WatchCores(o Options) (*Cores, error) {
	w, err := newWatcher(Options{Targets: o.Targets, listeners: true, Processes: o.Processes}, procfs.DefaultMountPoint, cgroupRoot)
	if w == nil {
		return nil, err
	}
	c := &Cores{w: w}
	c.allowed = c.mayRunOn()
	c.schedule = c.threads()
	if c.first, err = c.look(); err != nil {
		return nil, err
	}
	c.crowd = crowd{at: c.first.at, idle: c.first.idle}
	return c, nil
}

// Note looks at whether cores are idle: call it each second or so, between WatchCores and Use.
func (c *Cores) Note() {
	stat, err := c.w.fs.Stat()
	if err != nil {
		return // the next look is at the time since the last one
	}
	idle, _ := c.times(&stat)
	c.crowd.note(now(), idle, c.allowed.Count())
}

// now is the wall clock, in seconds.
func now() float64 { return float64(time.Now().UnixNano()) / float64(time.Second) }

// times are how long the cores that the server may run on were idle and in use.
func (c *Cores) times(stat *procfs.Stat) (idle, used float64) {
	for number, core := range stat.CPU {
		if c.allowed.IsSet(int(number)) {
			idle += core.Idle + core.Iowait
			used += core.User + core.Nice + core.System + core.Steal
		}
	}
	return idle, used
}

// Use takes a second look, and returns who used the cores since the first.
func (c *Cores) Use() (*CoreUse, error) {
	s, err := c.w.Look()
	if err != nil {
		return nil, err
	}
	after, err := c.look()
	if err != nil {
		return nil, err
	}
	u := coreUse(c.first, after, c.allowed.Count(), s.Processes > 0, c.w.processes.account.short(), s.CPU.Seconds(), c.delay(s.CPU))
	c.crowd.note(after.at, after.idle, c.allowed.Count())
	if u == nil {
		return nil, fmt.Errorf("no time has passed between two looks at the cores")
	}
	u.Crowded = c.crowd.share()
	return u, nil
}

// kernelThread is PF_KTHREAD of the kernel's flags of a process.
const kernelThread = 0x00200000

func (c *Cores) look() (*coreLook, error) {
	stat, err := c.w.fs.Stat()
	if err != nil {
		return nil, err
	}
	l := &coreLook{at: now(), elsewhere: c.allowed.Count() < len(stat.CPU), free: map[identity]usedBy{}}
	l.idle, l.used = c.times(&stat)
	self := os.Getpid()
	for pid, p := range c.w.processes.stats {
		id := identity{pid, p.Starttime}
		used := float64(p.UTime+p.STime) * tick
		switch {
		case pid == self:
			l.generator = used
		case !c.w.processes.account.has(id):
			l.free[id] = usedBy{p.Comm, used, p.Flags&kernelThread != 0 || slices.Contains(logWriters, p.Comm)}
		}
	}
	return l, nil
}

// mayRunOn are the cores of the machine that the server's processes may run on together;
// all of them if nothing is known of the processes.
func (c *Cores) mayRunOn() unix.CPUSet {
	var all, one unix.CPUSet
	for id := range c.w.processes.account.last {
		if unix.SchedGetaffinity(id.pid, &one) == nil {
			for i := range all {
				all[i] |= one[i]
			}
		}
	}
	stat, err := c.w.fs.Stat()
	if err != nil {
		return all
	}
	return online(&all, &stat)
}

// online are the cores of a set that the machine has; all that it has if the set is empty.
func online(set *unix.CPUSet, stat *procfs.Stat) unix.CPUSet {
	var some unix.CPUSet
	anywhere := set.Count() == 0
	for number := range stat.CPU {
		if anywhere || set.IsSet(int(number)) {
			some.Set(int(number))
		}
	}
	return some
}

// threads are the schedules of the server's threads, by their numbers.
func (c *Cores) threads() map[int]procfs.ProcSchedstat {
	all := map[int]procfs.ProcSchedstat{}
	for id := range c.w.processes.account.last {
		threads, err := c.w.fs.AllThreads(id.pid)
		if err != nil {
			continue
		}
		for _, thread := range threads {
			if len(all) >= maxThreads {
				return all
			}
			if s, err := thread.Schedstat(); err == nil {
				all[thread.PID] = s
			}
		}
	}
	return all
}

// leastSeen is the share of the server's CPU time that its threads, which live at the end,
// must have, to speak for all.
const leastSeen = 0.2

// delay is how long the server's threads waited for a core, for each second that they ran.
// Those that have gone meanwhile are taken to be like those that are there. It is -1 if too
// few are. A server that did not run at all did not wait either, unless one of its threads is
// to run: the kernel counts a wait when it is over.
func (c *Cores) delay(cpu time.Duration) float64 {
	ran, waited := uint64(0), uint64(0)
	threads := c.threads()
	for number, now := range threads {
		before := c.schedule[number]
		if now.RunningNanoseconds < before.RunningNanoseconds || now.WaitingNanoseconds < before.WaitingNanoseconds {
			continue // another thread has its number
		}
		ran, waited = ran+now.RunningNanoseconds-before.RunningNanoseconds, waited+now.WaitingNanoseconds-before.WaitingNanoseconds
	}
	switch {
	case ran == 0 && cpu <= rounding && len(threads) > 0 && !c.isRunnable():
		return 0
	case ran == 0 || float64(ran) < leastSeen*float64(cpu) && cpu > rounding:
		return -1
	}
	return float64(waited) / float64(ran)
}

// rounding is how much CPU time a server may seem to have used that hardly ran at all: the
// kernel counts its time in whole ticks.
const rounding = 50 * time.Millisecond

// isRunnable tells whether some thread of the server is to run all the while, for some moments:
// one that was woken just now soon has a core, also if it has to share it.
func (c *Cores) isRunnable() bool {
	for range 5 {
		if !c.runs() {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}

// runs tells whether a thread of the server runs or waits for a core.
func (c *Cores) runs() bool {
	for id := range c.w.processes.account.last {
		threads, err := c.w.fs.AllThreads(id.pid)
		if err != nil {
			continue
		}
		for _, thread := range threads {
			if s, err := thread.Stat(); err == nil && s.State == "R" {
				return true
			}
		}
	}
	return false
}

// listening are the processes that take what connects to some targets, with a text that says
// so. The first process of the system may hold any socket, for services that begin later.
func listening(fs procfs.FS, targets []Target) map[int]string {
	sockets := map[string]string{}
	list := append(listeners("/proc/self/net/tcp"), listeners("/proc/self/net/tcp6")...)
	for i := range targets {
		for _, s := range targets[i].listeners(list) {
			sockets["socket:["+s.inode+"]"] = "port " + strconv.Itoa(s.port)
		}
	}
	found := map[int]string{}
	if len(sockets) == 0 {
		return found
	}
	all, err := fs.AllProcs()
	if err != nil {
		return found
	}
	for _, p := range all {
		if p.PID == 1 {
			continue
		}
		targets, err := p.FileDescriptorTargets()
		if err != nil {
			continue // it has gone, or is somebody else's
		}
		for _, target := range targets {
			if says, ok := sockets[target]; ok && strings.HasPrefix(target, "socket:") {
				found[p.PID] = says
				break
			}
		}
	}
	return found
}
