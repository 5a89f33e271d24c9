//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A recording is a capture under way. It has a process of its own, because the server and the
// analysis in this one could make it lose packets.
type recording struct {
	path   string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
	stderr bytes.Buffer
}

// record begins to capture a port, and returns when that has begun.
func (t *truth) record(ctx context.Context, port string) (*recording, error) {
	r := &recording{path: filepath.Join(t.Dir, "truth.pcap")}
	var err error
	if r.cmd, err = harness.Self(ctx, "capture", "-port", port, "-o", r.path); err != nil {
		return nil, err
	}
	r.cmd.Stderr = &r.stderr
	stdin, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	r.stdin = stdin
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.stdout = bufio.NewReader(stdout)
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := r.stdout.ReadString('\n'); err != nil || line != "capturing\n" {
		r.cmd.Wait()
		return nil, fmt.Errorf("the capture did not begin: %s", r.stderr.String())
	}
	return r, nil
}

// end ends the capture. It returns an error if packets were lost.
func (r *recording) end() error {
	if err := r.stdin.Close(); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r.stdout); err != nil {
		return err
	}
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("capture: %w: %s", err, r.stderr.String())
	}
	return nil
}

// watched captures a port while do runs, and analyses the capture.
func (t *truth) watched(ctx context.Context, port string, mode sample.TLSMode, do func() error) (*wire.Analysis, error) {
	r, err := t.record(ctx, port)
	if err != nil {
		return nil, err
	}
	err = errors.Join(do(), r.end())
	if err != nil {
		return nil, err
	}
	return analyse(r.path, port, mode)
}

// analyse reads and analyses a capture.
func analyse(path, port string, mode sample.TLSMode) (*wire.Analysis, error) {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %s: %w", port, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	beginning := wire.InClear
	if mode == sample.TLSImplicit {
		beginning = wire.InTLS
	}
	a, err := wire.Read(file, uint16(number), beginning)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}
