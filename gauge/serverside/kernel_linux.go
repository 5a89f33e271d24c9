package serverside

import (
	"bufio"
	"encoding/binary"
	"net/netip"
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
	targets          []Target
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
	s.Queue = k.queue(pid)
}

// queue is the longest accept queue of the targets; nil if none is known to be listened on.
func (k *kernel) queue(pid int) *int64 {
	folder := filepath.Join(k.root, strconv.Itoa(pid), "net")
	all := append(listeners(filepath.Join(folder, "tcp")), listeners(filepath.Join(folder, "tcp6"))...)
	var longest *int64
	for i := range k.targets {
		for _, l := range k.targets[i].listeners(all) {
			longest = most(longest, l.waiting)
		}
	}
	return longest
}

func most(n *int64, other int64) *int64 {
	if n != nil {
		other = max(*n, other)
	}
	return &other
}

// listeners are those of some that take what connects to the target.
func (t *Target) listeners(all []listener) []listener {
	here := slices.DeleteFunc(slices.Clone(all), func(l listener) bool { return l.port != t.Port })
	if len(t.Addresses) == 0 {
		for _, l := range here {
			if l.addr != here[0].addr && !(l.addr.IsUnspecified() && here[0].addr.IsUnspecified()) {
				return nil // each may be another server's
			}
		}
		return here
	}
	var found []listener
	for _, a := range t.Addresses {
		if found = append(found, at(a, here)...); t.First && len(found) > 0 {
			break
		}
	}
	return found
}

// at are the listeners that take what connects to an address: those that have it, or else
// those of all addresses of its family. One of all addresses of IPv6 takes those of IPv4 too
// if nobody else does.
func at(a netip.Addr, all []listener) []listener {
	a = a.Unmap().WithZone("")
	to := []netip.Addr{a, netip.IPv6Unspecified()}
	if a.Is4() {
		to = []netip.Addr{a, netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	for _, want := range to {
		if found := slices.DeleteFunc(slices.Clone(all), func(l listener) bool { return l.addr != want }); len(found) > 0 {
			return found
		}
	}
	return nil
}

// A listener is a socket that listens.
type listener struct {
	addr    netip.Addr // of IPv4, or of IPv6; unspecified if it is all
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
		host, port, _ := strings.Cut(fields[1], ":")
		_, waiting, _ := strings.Cut(fields[4], ":")
		number, err := strconv.ParseInt(port, 16, 32)
		n, wrong := strconv.ParseInt(waiting, 16, 64)
		if addr, ok := parseAddress(host); ok && err == nil && wrong == nil {
			list = append(list, listener{addr, int(number), n, fields[9]})
		}
	}
	return list
}

// parseAddress reads an address from such a table. It stands there as numbers of 32 bits, each
// in the byte order of the machine.
func parseAddress(text string) (netip.Addr, bool) {
	octets := make([]byte, 0, 16)
	for ; len(text) >= 8 && len(octets) < 16; text = text[8:] {
		n, err := strconv.ParseUint(text[:8], 16, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		octets = binary.NativeEndian.AppendUint32(octets, uint32(n))
	}
	addr, ok := netip.AddrFromSlice(octets)
	return addr.Unmap(), ok && text == ""
}
