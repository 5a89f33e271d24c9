package serverside

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// processes are those that a server is known by, with their descendants.
type processes struct {
	fs       procfs.FS
	cgroups  string // where control groups are mounted
	names    []string
	pidFiles []string
	groups   []*group // whose processes are theirs
	targets  []Target // whoever listens at them is the server too; nil if nobody asks for that

	account account
	stats   map[int]procfs.ProcStat // of all processes of the machine, at the last look
	found   map[int]string          // who listens at targets
	known   map[identity]known      // all processes of the machine
	members map[identity]bool       // at the last look
	seen    map[string]bool         // the names and pid files that a process was found by
	first   int                     // the number of a process of the server; 0 for none
}

// A known process need not have its arguments read again.
type known struct {
	command string // it changes when the process turns into another program
	root    string // by which of the names the process is one of the server's; "" if by none
}

// maxThreads bounds the threads whose context switches are read at each look.
const maxThreads = 1024

func (p *processes) look(s *tally.ServerSample) error {
	all, err := p.fs.AllProcs()
	if err != nil {
		return err
	}
	stats := make(map[int]procfs.ProcStat, len(all))
	for _, process := range all {
		if stat, err := process.Stat(); err == nil { // otherwise it has gone meanwhile
			stats[process.PID] = stat
		}
	}
	p.stats = stats
	if p.found == nil && len(p.targets) > 0 {
		p.found = listening(p.fs, p.targets)
	}
	grouped := p.grouped()
	members := p.choose(stats, grouped)
	now := map[identity]reading{}
	sum := &total{threads: maxThreads}
	p.first = 0
	for pid, stat := range stats {
		id := identity{pid, stat.Starttime}
		if !members[id] && !grouped[pid] {
			continue
		}
		if p.first == 0 || pid < p.first {
			p.first = pid
		}
		r := sum.add(p.fs, pid, &stat, !grouped[pid])
		if grouped[pid] { // its group has its CPU time, also after its end
			r.own, r.children = 0, 0
		}
		now[id] = r
	}
	u := p.account.advance(now)
	p.members = members
	s.CPU = time.Duration(u.cpu * float64(time.Second))
	s.Processes, s.Memory = len(now), sum.memory
	if !sum.descriptorsUnknown {
		s.Descriptors = &sum.descriptors
	}
	if !sum.writtenUnknown {
		s.Written = whole(u.written)
	}
	if sum.threads >= 0 && !p.account.short() {
		s.Switches = whole(u.switches)
	}
	return nil
}

// grouped are the processes of the control groups.
func (p *processes) grouped() map[int]bool {
	all := map[int]bool{}
	for _, g := range p.groups {
		for _, pid := range g.processes() {
			all[pid] = true
		}
	}
	return all
}

// A total adds up what is not a counter.
type total struct {
	memory, descriptors                int64
	descriptorsUnknown, writtenUnknown bool
	threads                            int // that may still be read; less than 0 if there are too many
}

// add adds a process, and returns its counters, with what it wrote if that is wanted.
func (t *total) add(fs procfs.FS, pid int, stat *procfs.ProcStat, writes bool) reading {
	const perSecond = 1 / tick
	r := reading{
		parent: stat.PPID, own: float64(stat.UTime+stat.STime) / perSecond,
		children: float64(max(0, stat.CUTime)+max(0, stat.CSTime)) / perSecond,
	}
	t.memory += int64(stat.ResidentMemory())
	process, err := fs.Proc(pid)
	if err != nil || stat.State == "Z" { // it has ended: there is no more to it than its times
		return r
	}
	if n, err := process.FileDescriptorsLen(); err == nil {
		t.descriptors += int64(n)
	} else if !gone(err) {
		t.descriptorsUnknown = true
	}
	if writes {
		if io, err := process.IO(); err == nil {
			r.written = float64(io.WriteBytes)
		} else if !gone(err) {
			t.writtenUnknown = true
		}
	}
	if t.threads -= stat.NumThreads; t.threads < 0 {
		return r
	}
	threads, _ := fs.AllThreads(pid)
	for _, thread := range threads {
		if status, err := thread.NewStatus(); err == nil {
			r.switches += float64(status.VoluntaryCtxtSwitches + status.NonVoluntaryCtxtSwitches)
		}
	}
	return r
}

// gone tells whether an error is that of a process that has ended.
func gone(err error) bool {
	return errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), "no such process")
}

// choose returns which processes are the server's: those found, their descendants, those
// that were its before and have lost their parent, and all in a session that one of those
// found leads: Exim's deliveries outlive the process that began them.
func (p *processes) choose(stats map[int]procfs.ProcStat, grouped map[int]bool) map[identity]bool {
	self := os.Getpid()
	roots := map[int]string{} // the server's own, by what they were found by
	for _, file := range p.pidFiles {
		if pid, err := readPID(file); err == nil {
			roots[pid] = file
		}
	}
	maps.Copy(roots, p.found)
	found := make(map[identity]known, len(stats))
	for pid, stat := range stats {
		id := identity{pid, stat.Starttime}
		k, ok := p.known[id]
		if !ok || k.command != stat.Comm {
			k = known{stat.Comm, p.named(pid, stat.Comm)}
		}
		found[id] = k
		if k.root != "" {
			roots[pid] = k.root
		}
	}
	p.known = found
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	members := map[identity]bool{}
	for pid, stat := range stats {
		at := stat
		for steps := 0; steps < len(stats); steps++ {
			if at.PID == self {
				break
			}
			root, isRoot := roots[at.PID]
			if !isRoot && at.Session > 1 {
				root, isRoot = roots[at.Session]
			}
			if isRoot || p.members[identity{at.PID, at.Starttime}] {
				p.seen[root] = true
				members[identity{pid, stat.Starttime}] = !grouped[pid]
				break
			}
			parent, ok := stats[at.PPID]
			if !ok {
				break
			}
			at = parent
		}
	}
	return members
}

// named is the name by which a process is found; "" if it is not.
func (p *processes) named(pid int, command string) string {
	if len(p.names) == 0 {
		return ""
	}
	var arguments []string
	if process, err := p.fs.Proc(pid); err == nil {
		arguments, _ = process.CmdLine()
	}
	i := slices.IndexFunc(p.names, func(name string) bool { return isNamed(name, command, arguments) })
	if i < 0 {
		return ""
	}
	return p.names[i]
}

// absent is the error that some of the server's processes were never there.
func (p *processes) absent() error {
	var missing []error
	for _, name := range p.names {
		if !p.seen[name] {
			missing = append(missing, &AbsentError{fmt.Errorf("no process is named %s: give the name that ps shows as COMMAND, a pid file, or a systemd unit such as %s.service", name, name)})
		}
	}
	for _, file := range p.pidFiles {
		if _, err := readPID(file); err != nil {
			missing = append(missing, err)
		} else if !p.seen[file] {
			missing = append(missing, &AbsentError{fmt.Errorf("%s names a process that does not run", file)})
		}
	}
	return errors.Join(missing...)
}

// readPID reads the number in a pid file, which may have more after it.
func readPID(file string) (int, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|unix.O_NONBLOCK, 0) // it does not wait for a pipe's writer
	if errors.Is(err, os.ErrNotExist) {
		return 0, &AbsentError{fmt.Errorf("pid file: %w", err)}
	}
	if err != nil {
		return 0, fmt.Errorf("pid file: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return 0, fmt.Errorf("pid file: %s is no regular file", file)
	}
	b, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return 0, fmt.Errorf("pid file: %w", err)
	}
	words := strings.Fields(string(b))
	if len(words) > 0 {
		if pid, err := strconv.Atoi(words[0]); err == nil && pid > 0 {
			return pid, nil
		}
	}
	return 0, &AbsentError{fmt.Errorf("pid file: %s has no number of a process", file)}
}

func whole(v float64) *int64 {
	n := int64(v)
	return &n
}
