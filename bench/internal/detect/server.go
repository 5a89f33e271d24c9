//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// serveWord makes this program serve instead of compare.
const serveWord = "serve"

// A pair is two of the built-in server in one process of its own. They share
// whatever chance that process was born with, the place of its memory or its
// core, which would otherwise be a true difference between the sides.
type pair struct {
	ports [2]int // base and new
	cmd   *exec.Cmd
	stdin io.Closer
}

// serve runs a pair until stdin ends. At RCPT the second takes so much longer.
func serve(added string, stdin io.Reader, stdout io.Writer) error {
	d, err := time.ParseDuration(added)
	if err != nil {
		return err
	}
	debug.SetGCPercent(400) // as in the sink of a run
	var ports [2]int
	for side := range ports {
		sink, err := smtpsink.Start(smtpsink.Config{
			Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}},
			Delays:    map[string]time.Duration{"rcpt": d * time.Duration(side)},
		})
		if err != nil {
			return err
		}
		defer sink.Close() // it ends with the process; nothing is to be done about an error
		ports[side] = sink.Addrs()[0].(*net.TCPAddr).Port
	}
	if err := json.NewEncoder(stdout).Encode(ports); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, stdin)
	return err
}

// startPair starts a pair and waits until it listens.
func startPair(ctx context.Context, added time.Duration) (*pair, error) {
	cmd, err := harness.Self(ctx, serveWord, added.String())
	if err != nil {
		return nil, err
	}
	p := &pair{cmd: cmd}
	p.cmd.Stderr = os.Stderr
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if err := json.NewDecoder(stdout).Decode(&p.ports); err != nil {
		return nil, errors.Join(fmt.Errorf("the servers did not start: %w", err), p.stop())
	}
	return p, nil
}

// stop ends the pair.
func (p *pair) stop() error {
	return errors.Join(p.stdin.Close(), p.cmd.Wait())
}
