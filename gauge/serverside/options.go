package serverside

import (
	"net/netip"
	"path"
	"slices"
	"strings"
)

// Options say what the server is.
type Options struct {
	// Processes name the server's processes, each in one of these forms: a process's
	// name ("smtpd", or a folder of its program's path, so that "postfix" finds
	// /usr/lib/postfix/sbin/master), the path of a pid file, a systemd unit
	// ("postfix.service"), or a control group by its path below /sys/fs/cgroup.
	Processes []string
	Targets   []Target // whose accept queues are looked at

	listeners bool // whoever listens at the Targets is the server too
}

// A Target is what a load connects to.
type Target struct {
	Port int
	// Addresses are those that are loaded, in the order in which they are tried. If there are
	// none, they are not known: then a port at which only one address is listened on will do.
	Addresses []netip.Addr
	First     bool // only the first of them that answers is loaded, not all in turn
}

// A kind is a form in which Options name processes.
type kind uint8

const (
	byName kind = iota
	byPIDFile
	byUnit
	byCgroup
)

const cgroupRoot = "/sys/fs/cgroup"

var unitEndings = []string{".service", ".scope", ".slice"}

// kindOf tells in which form a text names processes.
func kindOf(text string) kind {
	switch {
	case text == cgroupRoot || strings.HasPrefix(text, cgroupRoot+"/"):
		return byCgroup
	case strings.HasPrefix(text, "/"):
		return byPIDFile
	case slices.Contains(unitEndings, path.Ext(text)):
		return byUnit
	}
	return byName
}

// isNamed tells whether a process has a name: as the kernel has it, or as its first
// argument does, which may be a path.
func isNamed(name, command string, arguments []string) bool {
	const kernels = 15 // octets of a name that the kernel keeps
	if command == name || len(name) > kernels && command == name[:kernels] {
		return true
	}
	if len(arguments) == 0 {
		return false
	}
	program, _, _ := strings.Cut(arguments[0], ": ") // "nginx: master process /usr/sbin/nginx"
	if !strings.HasPrefix(program, "/") {
		return program == name
	}
	return slices.Contains(strings.Split(program, "/"), name)
}
