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

// Counts are what a server counted.
type Counts struct {
	Connections, Messages, Quits int64
	Bytes                        int64 // of message content; -1 if the server does not count them
	Errors                       int64
}

// A Server is a running sink in a process of its own.
type Server struct {
	Addr string // "127.0.0.1:PORT"

	cmd    *exec.Cmd
	stdout string // path of the file for its stdout
	stderr bytes.Buffer
	read   func(stdout string) (Counts, error)
}

// patience is how long a sink may take to listen, and to end.
const patience = 5 * time.Second

// StartSink starts the epoll sink that BuildSink made. dir takes its output.
func StartSink(ctx context.Context, program, dir string) (*Server, error) {
	return start(ctx, dir, readSink, program, "-p")
}

// StartPostfix starts Postfix's smtp-sink. If root starts it, it runs as nobody, because it does not
// run as root.
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

// LookPath finds a program in the PATH or in /usr/sbin, which mostly only root's PATH has.
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

// start runs a sink on a free port. The last argument says how the sink takes the address: "-p" if a
// port follows, and "" for the whole address and a backlog.
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
	// ^C is for the harness, which then stops the sink. If the harness dies, the kernel
	// ends the sink.
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

// Pin leaves the sink one processor, counted from 0. Both sinks have one thread.
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

// listening waits until the sink takes a connection.
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

// Stop ends the sink and returns what it counted, without the connection of listening.
func (s *Server) Stop() (Counts, error) {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return Counts{}, err
	}
	timer := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	// The signal kills smtp-sink, and makes the epoll sink exit. What the sink printed
	// shows whether all went well.
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

// readSink reads the last line of the epoll sink.
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

// readPostfix reads the last state of smtp-sink's counters: "sess=N quit=N mesg=N", each state after
// a carriage return.
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
