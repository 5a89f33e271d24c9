package serverside

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A group is a control group of version 2, with those below it. procfs does not read
// these; their files are a word and a number a line.
type group struct {
	folder       string
	cpu, written int64 // microseconds and octets, at the last look
	looked       bool
	now          used
}

// used is what a group has used since it began.
type used struct {
	cpu, written int64 // as in group; written is -1 if it is not counted
	ok           bool
}

// maxGroups bounds the control groups that are looked through.
const maxGroups = 20_000

// version2 is where the control groups of version 2 begin: at the root, or below it where a
// system has those of version 1 too.
func version2(root string) (string, error) {
	for _, folder := range []string{root, filepath.Join(root, "unified")} {
		if _, err := os.Stat(filepath.Join(folder, "cgroup.controllers")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("this system has no control groups of version 2 under %s: name the server's processes, or its pid file", root)
}

// findGroup finds a control group by its path, or that of a systemd unit.
func findGroup(root, text string) (*group, error) {
	begin, err := version2(root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	if kindOf(text) == byCgroup {
		folder := filepath.Join(root, strings.TrimPrefix(text, cgroupRoot))
		if rest, err := filepath.Rel(begin, folder); err != nil || !filepath.IsLocal(rest) {
			return nil, fmt.Errorf("%s: this control group is of version 1: those of version 2 are below %s", text, begin)
		}
		if _, err := os.Stat(filepath.Join(folder, "cgroup.procs")); err != nil {
			err = fmt.Errorf("control group: %w", err)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, &AbsentError{err}
			}
			return nil, err
		}
		return &group{folder: folder}, nil
	}
	folder, n := "", 0
	err = filepath.WalkDir(begin, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return nil // gone meanwhile, or a file
		case d.Name() == text:
			folder = path
			return fs.SkipAll
		}
		if n++; n > maxGroups {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if folder == "" {
		return nil, &AbsentError{fmt.Errorf("no systemd unit %s is running: systemctl status shows the name of the one that is", text)}
	}
	return &group{folder: folder}, nil
}

// read notes what the group has used by now, for look.
func (g *group) read() {
	cpu, ok := g.number("cpu.stat", "usage_usec")
	g.now = used{cpu, g.writes(), ok}
}

// look adds what the group had used at read since the last time.
func (g *group) look(s *tally.ServerSample) {
	cpu, written := g.now.cpu, g.now.written
	if !g.now.ok {
		return // it has ended; the next look at a new one of the same name goes on from there
	}
	if g.looked && cpu >= g.cpu { // it counts from 0 after a restart
		s.CPU += time.Duration(cpu-g.cpu) * time.Microsecond
	} else if g.looked {
		s.CPU += time.Duration(cpu) * time.Microsecond
	}
	if written < 0 {
		s.Written = nil
	} else if s.Written != nil && g.looked {
		s.Written = whole(float64(*s.Written + max(0, written-g.written)))
	}
	g.cpu, g.written, g.looked = cpu, written, true
}

// number is a number of a file of the group, by its word.
func (g *group) number(file, word string) (int64, bool) {
	b, err := os.ReadFile(filepath.Join(g.folder, file))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == word {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

// writes is what the group has written to all devices; -1 if the system does not count
// it for this group.
func (g *group) writes() int64 {
	b, err := os.ReadFile(filepath.Join(g.folder, "io.stat"))
	if err != nil {
		return -1
	}
	var sum int64
	for _, word := range strings.Fields(string(b)) {
		if text, ok := strings.CutPrefix(word, "wbytes="); ok {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
				sum += n
			}
		}
	}
	return sum
}

// processes are the numbers of the group's processes, and of those below it.
func (g *group) processes() []int {
	var list []int
	_ = filepath.WalkDir(g.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		f, err := os.Open(filepath.Join(path, "cgroup.procs"))
		if errors.Is(err, fs.ErrNotExist) || err != nil {
			return nil
		}
		defer f.Close()
		for scanner := bufio.NewScanner(f); scanner.Scan(); {
			if pid, err := strconv.Atoi(scanner.Text()); err == nil {
				list = append(list, pid)
			}
		}
		return nil
	})
	return list
}
