//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// A measurer makes searches of real servers.
type measurer struct {
	*harness.Bench
	limited string // path of the program
	listen  string // where servers listen
	keep    string // folder for the files of searches; "" keeps none
}

// command returns a command with a session of its own, for hasten.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := harness.Command(ctx, program, args...)
	cmd.SysProcAttr.Setsid = true
	return cmd
}

// hasten makes other work disturb a command less that has begun, if the user may do that.
// Linux shares the processors between sessions first, and only then between the processes
// of one, so both are made less nice. (Under SCHED_FIFO two generators that wait for the
// network can keep the kernel from delivering it, and the machine from everything else.)
func hasten(cmd *exec.Cmd) error {
	if os.Geteuid() != 0 {
		return nil
	}
	pid := cmd.Process.Pid
	session := os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", pid), []byte(strconv.Itoa(nice)), 0)
	if errors.Is(session, os.ErrNotExist) { // a kernel without them
		session = nil
	}
	return errors.Join(session, unix.Setpriority(unix.PRIO_PGRP, pid, nice))
}

const nice = -15

// serve starts a known server.
func (m *measurer) serve(ctx context.Context, k *known) (addr string, stop func() error, err error) {
	if k.server == nil {
		s, err := m.Sink(ctx)
		if err != nil {
			return "", nil, err
		}
		return s.Addr, s.Close, nil
	}
	server := command(ctx, m.limited, append([]string{"-listen", m.listen}, k.server...)...)
	out, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		err := server.Process.Kill()
		server.Wait() // it was killed, and so ends in an error
		return err
	}
	line := ""
	if err = hasten(server); err == nil {
		line, err = bufio.NewReader(out).ReadString('\n')
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("the server %s did not start: %w", k.name, err), stop())
	}
	return strings.TrimSpace(line), stop, nil
}

// search starts a server and searches for its capacity.
func (m *measurer) search(ctx context.Context, k *known, n int) (a *attempt, err error) {
	addr, stop, err := m.serve(ctx, k)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	args, err := m.arguments(k, addr, n)
	if err != nil {
		return nil, err
	}
	cmd := command(ctx, m.Ours, args...)
	var text, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	err = errors.Join(hasten(cmd), cmd.Wait())
	a = &attempt{}
	var exit *exec.ExitError
	if errors.As(err, &exit) && text.Len() > 0 {
		a.exit, err = exit.ExitCode(), nil
	}
	if err == nil {
		err = json.Unmarshal(text.Bytes(), &a.report)
	}
	if err != nil {
		return nil, fmt.Errorf("smtpgauge: %w\n%s", err, stderr.String())
	}
	return a, nil
}

// arguments are those of a search for the capacity of the server at an address.
func (m *measurer) arguments(k *known, addr string, n int) ([]string, error) {
	args := []string{"quick", addr, "--capacity", "--tls", "none"}
	if k.poisson {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		file, err := m.Scenario(fmt.Sprintf(scenario, host, port))
		if err != nil {
			return nil, err
		}
		args = []string{"capacity", file}
	}
	keep := m.Dir
	if m.keep != "" {
		keep = m.keep
	}
	file := fmt.Sprintf("%s/%s-%d.jsonl", keep, k.name, n)
	return append(append(args, k.search...), "--slo", goal, "--quiet", "--format", "json", "-o", file), nil
}

// measureAll searches each server most times at most, one after the other, and prints a
// row for each search as soon as it is over. faults says what was not as it has to be.
func (m *measurer) measureAll(ctx context.Context, w io.Writer, chosen []known, most int) (faults []string, err error) {
	tw := tabwriter.NewWriter(w, 20, 0, 2, ' ', 0)
	row := func(cells ...string) {
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
		tw.Flush()
	}
	fmt.Fprintf(w, "searches of real servers, for %s\n\n", goal)
	row("server", "true rate", "found", "range", "off by, %", "range holds it", "time, min", "trials", "limited by")
	for i := range chosen {
		k := &chosen[i]
		for n := range min(k.count, most) {
			begun := time.Now()
			a, err := m.search(ctx, k, n)
			if err != nil {
				return faults, fmt.Errorf("%s, search %d, after %v: %w", k.name, n+1, time.Since(begun).Round(time.Second), err)
			}
			row(a.cells(k)...)
			if fault := a.fault(k); fault != "" {
				faults = append(faults, fmt.Sprintf("%s, search %d: %s", k.name, n+1, fault))
			}
		}
	}
	return faults, nil
}
