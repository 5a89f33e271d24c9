//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

const address = "bench@example.test"

// idleHold is how long idle sessions stay open when all are open.
const idleHold = 5 * time.Second

// idleRamp returns the time over which idle sessions begin. So the peak of memory is that of
// idle sessions, not of ten thousand handshakes at once. Two cores can do both sides of some
// 1,000 handshakes a second.
func idleRamp(w work) time.Duration {
	return max(time.Duration(w.sessions)*2*time.Millisecond, time.Second)
}

// timing is how long s_time runs. It takes whole seconds.
const timing = 3

// A bench is a harness.Bench with the programs that are compared.
type bench struct {
	*harness.Bench
	programs map[client]string
	header   int // bytes of the header that smtp-source adds to a message
}

// prepare builds or finds every program.
func prepare(ctx context.Context, h *harness.Bench) (*bench, error) {
	b := &bench{Bench: h, programs: map[client]string{ours: h.Ours, oursPlain: h.Ours}}
	var err error
	if b.programs[goSMTP], err = h.Build(ctx, "bench/internal/peers/gosmtp"); err != nil {
		return nil, err
	}
	if b.programs[floor], err = yardstick.BuildFloor(ctx, h.Dir); err != nil {
		return nil, err
	}
	if b.programs[smtpSource], err = yardstick.LookPath("smtp-source"); err != nil {
		return nil, err
	}
	if b.programs[openSSL], err = exec.LookPath("openssl"); err != nil {
		return nil, err
	}
	b.programs[dialOnly] = b.programs[floor]
	return b, b.calibrate(ctx)
}

// command returns the command line by which a client does a work.
func (b *bench) command(c client, w work, on *harness.Server) ([]string, error) {
	n := strconv.Itoa
	program := b.programs[c]
	switch {
	case c.shards() > 1:
		program = b.programs[ours]
	case c.processes() > 1:
		program = b.programs[floor]
	}
	argv := []string{program}
	if b.Pin {
		argv = append([]string{"taskset", "--cpu-list", "0"}, argv...)
	}
	if n := c.shards(); n > 0 {
		text, err := scenarioText(w, on.Port, b.CA)
		if err != nil {
			return nil, err
		}
		file, err := b.Scenario(text)
		return append(append(argv, b.RunArgs(file)...), "--shards", strconv.Itoa(n)), err
	}
	switch c {
	case smtpSource:
		if !w.reconnect {
			argv = append(argv, "-d")
		}
		return append(argv, "-s", n(w.sessions), "-m", n(w.messages), "-l", n(max(w.size-b.header, 1)),
			"-f", address, "-t", address, "-M", "source.example.test", on.Addr), nil
	case openSSL:
		argv = append(argv, "s_time", "-connect", on.Addr, "-time", n(timing), "-CAfile", b.CA, "-verify", "3")
		if w.security != resumeTLS {
			return append(argv, "-new"), nil
		}
		// Without -www it never reads, so it gets no ticket of TLS 1.3, and what it
		// calls reuse is a full handshake.
		return append(argv, "-reuse", "-www", "/"), nil
	case dialOnly:
		return append(argv, "-n", "-m", n(w.messages), on.Addr), nil
	}
	if w.reconnect {
		argv = append(argv, "-c")
	}
	if w.pipelined && c.processes() > 0 {
		argv = append(argv, "-p")
	}
	if c.processes() > 1 {
		argv = append(argv, "-j", n(c.processes()))
	}
	if w.security != plain {
		argv = append(argv, "-ca", b.CA)
	}
	if w.security == resumeTLS {
		argv = append(argv, "-r")
	}
	return append(argv, "-s", n(w.sessions), "-m", n(w.messages), "-l", n(w.size), on.Addr), nil
}

var timed = regexp.MustCompile(`(?m)^(\d+) connections in \d+ real seconds`)

// connections reads how many connections s_time made.
func connections(out string) (int64, error) {
	found := timed.FindStringSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("no count in what openssl s_time printed: %s", tail([]byte(out)))
	}
	return strconv.ParseInt(found[1], 10, 64)
}

// calibrate measures the header of smtp-source, which is not a part of the length that it is
// given.
func (b *bench) calibrate(ctx context.Context) error {
	s, err := b.Sink(ctx)
	if err != nil {
		return err
	}
	const length = 500
	b.header = 0
	argv, err := b.command(smtpSource, work{sessions: 1, messages: 1, size: length}, s)
	if err == nil {
		_, _, err = measure(ctx, 10*time.Second, argv)
	}
	seen, stopped := s.Stop()
	if err := errors.Join(err, stopped); err != nil {
		return err
	}
	b.header = int(seen.Bytes) - length
	return nil
}
