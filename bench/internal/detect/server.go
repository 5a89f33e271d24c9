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

// serveWord is the argument that makes this program a pair of servers.
const serveWord = "serve"

// A pair is two built-in servers in one process of their own. Two processes would differ by
// chance, for example in the place of their memory, and that would be a true difference
// between the sides.
type pair struct {
	ports [2]int // base and new
	cmd   *exec.Cmd
	stdin io.Closer
}

// serve runs a pair until stdin ends. The second server takes added longer at RCPT.
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
		defer sink.Close() // the process ends, so an error does not matter
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
