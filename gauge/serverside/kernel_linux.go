package serverside

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A kernel is what the kernel says of the connections that the server has not accepted
// yet. Its counters are of the network namespace that the server is in, and so of all
// servers there.
type kernel struct {
	fs               procfs.FS
	root             string
	ports            []int
	overflows, drops float64
	looked           bool
}

// look adds what happened since the last look, in the network namespace of a process.
func (k *kernel) look(s *tally.ServerSample, pid int) {
	if pid == 0 {
		return
	}
	process, err := k.fs.Proc(pid)
	if err != nil {
		return
	}
	stat, err := process.Netstat()
	if err != nil || stat.ListenOverflows == nil || stat.ListenDrops == nil {
		return
	}
	overflows, drops := *stat.ListenOverflows, *stat.ListenDrops
	if k.looked {
		s.Overflows, s.Drops = whole(max(0, overflows-k.overflows)), whole(max(0, drops-k.drops))
	}
	k.overflows, k.drops, k.looked = overflows, drops, true
	if queue := max(k.queue(pid, "tcp"), k.queue(pid, "tcp6")); queue >= 0 {
		s.Queue = &queue
	}
}

// queue is the longest accept queue of the loaded ports; -1 if none is listened on.
func (k *kernel) queue(pid int, table string) int64 {
	longest := int64(-1)
	for _, l := range listeners(filepath.Join(k.root, strconv.Itoa(pid), "net", table)) {
		if slices.Contains(k.ports, l.port) {
			longest = max(longest, l.waiting)
		}
	}
	return longest
}

// A listener is a socket that listens.
type listener struct {
	port    int
	waiting int64 // connections that nobody has accepted
	inode   string
}

// listeners reads the sockets that listen from a table of TCP connections; see proc(5).
//
// procfs reads a table of all connections, of which a loaded server has thousands. The
// kernel lists the sockets that listen first, so this stops after them.
func listeners(file string) []listener {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var list []listener
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[0] == "sl" {
			continue
		}
		if fields[3] != "0A" { // LISTEN
			break
		}
		_, port, _ := strings.Cut(fields[1], ":")
		_, waiting, _ := strings.Cut(fields[4], ":")
		number, err := strconv.ParseInt(port, 16, 32)
		n, wrong := strconv.ParseInt(waiting, 16, 64)
		if err == nil && wrong == nil {
			list = append(list, listener{int(number), n, fields[9]})
		}
	}
	return list
}
