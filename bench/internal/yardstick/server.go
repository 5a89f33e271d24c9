//go:build linux

package yardstick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Counts are what a server saw of its clients.
type Counts struct {
	Connections, Messages, Quits int64
	Bytes                        int64 // of message content; -1 where the server does not count them
	Errors                       int64
}

// A Server is a running sink in a process of its own.
type Server struct {
	Addr string // "127.0.0.1:PORT"

	cmd    *exec.Cmd
	stdout string // path of the file that takes it
	stderr bytes.Buffer
	read   func(stdout string) (Counts, error)
}

// patience is how long a sink has to start listening, and to end.
const patience = 5 * time.Second

// StartSink starts the epoll sink that BuildSink made. dir takes its output.
func StartSink(ctx context.Context, program, dir string) (*Server, error) {
	return start(ctx, dir, readSink, program, "-p")
}

// StartPostfix starts Postfix's smtp-sink. Started by root it runs as nobody,
// which it insists on.
func StartPostfix(ctx context.Context, dir string) (*Server, error) {
	program, err := LookPath("smtp-sink")
	if err != nil {
		return nil, err
	}
	args := []string{program, "-c", "-m", "20000"}
	if os.Getuid() == 0 {
		args = append(args, "-u", "nobody")
	}
	return start(ctx, dir, readPostfix, append(args, "")...)
}

// LookPath finds a program also where only root's PATH looks.
func LookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path, err := exec.LookPath(filepath.Join("/usr/sbin", name))
	if err != nil {
		return "", fmt.Errorf("%s is not installed: it comes with Debian's package postfix", name)
	}
	return path, nil
}

// start runs a sink on a free port. The last argument says how it takes the
// address: "-p" a port after it, "" the whole address and a backlog.
func start(ctx context.Context, dir string, read func(string) (Counts, error), args ...string) (*Server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	if args[len(args)-1] == "" {
		args = append(args[:len(args)-1], addr, "4096")
	} else {
		args = append(args, addr[strings.LastIndexByte(addr, ':')+1:])
	}
	out, err := os.CreateTemp(dir, "sink-*.out")
	if err != nil {
		return nil, err
	}
	defer out.Close()
	s := &Server{Addr: addr, stdout: out.Name(), read: read}
	s.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = out, &s.stderr
	// ^C is for the harness, which stops the sink; if it cannot, the sink goes with it.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := listening(ctx, addr); err != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		return nil, fmt.Errorf("%s: %w\n%s", args[0], err, s.stderr.String())
	}
	return s, nil
}

// Pin leaves the sink one processor, counted from 0. Both sinks are one thread.
func (s *Server) Pin(processor int) error {
	var set unix.CPUSet
	set.Set(processor)
	return unix.SchedSetaffinity(s.cmd.Process.Pid, &set)
}

// freeAddr finds a port that is free now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// listening waits until a connection is taken.
func listening(ctx context.Context, addr string) error {
	deadline := time.Now().Add(patience)
	for {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Stop ends the sink and returns what it counted, the connection that found it
// listening left out.
func (s *Server) Stop() (Counts, error) {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return Counts{}, err
	}
	timer := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	// smtp-sink dies of the signal and the epoll sink exits: what it printed
	// tells whether all went well.
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return Counts{}, err
	}
	out, err := os.ReadFile(s.stdout)
	if err != nil {
		return Counts{}, err
	}
	c, err := s.read(string(out))
	if err != nil {
		return c, fmt.Errorf("%s: %w\n%s", s.cmd.Path, err, s.stderr.String())
	}
	c.Connections--
	return c, nil
}

// readSink reads the line the epoll sink ends with.
func readSink(out string) (Counts, error) {
	var c Counts
	lines := strings.Split(strings.TrimSpace(out), "\n")
	_, err := fmt.Sscanf(lines[len(lines)-1], "connections=%d messages=%d bytes=%d quits=%d errors=%d",
		&c.Connections, &c.Messages, &c.Bytes, &c.Quits, &c.Errors)
	if err != nil {
		return c, fmt.Errorf("no counts in what the sink printed: %w", err)
	}
	return c, nil
}

// readPostfix reads the last state of smtp-sink's running counter: "sess=N
// quit=N mesg=N", each state after a carriage return.
func readPostfix(out string) (Counts, error) {
	c := Counts{Bytes: -1}
	states := strings.FieldsFunc(out, func(r rune) bool { return r == '\r' || r == '\n' })
	if len(states) == 0 {
		return c, errors.New("smtp-sink counted nothing")
	}
	for _, field := range strings.Fields(states[len(states)-1]) {
		name, value, _ := strings.Cut(field, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return c, fmt.Errorf("counter of smtp-sink: %w", err)
		}
		switch name {
		case "sess":
			c.Connections = n
		case "quit":
			c.Quits = n
		case "mesg":
			c.Messages = n
		}
	}
	return c, nil
}
