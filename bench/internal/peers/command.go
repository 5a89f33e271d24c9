//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

const module = "github.com/smtpgauge/smtpgauge"

const address = "bench@example.test"

// idleHold is how long idle sessions are held once all are open.
const idleHold = 5 * time.Second

// idleRamp spreads the beginnings of idle sessions, so that the peak is that of
// sessions held and not of ten thousand handshakes at once. Two cores do both
// ends of some 1,000 handshakes a second.
func idleRamp(w work) time.Duration {
	return max(time.Duration(w.sessions)*2*time.Millisecond, time.Second)
}

// timing is how long s_time runs, in seconds: it counts in whole ones.
const timing = 3

// A bench has the programs compared and a folder for what they need.
type bench struct {
	dir      string
	ca       string // file with the TLS server's authority
	programs map[client]string
	sink     string
	header   int  // bytes of the header that smtp-source puts before a message
	pin      bool // client and server have a processor each
}

// prepare builds or finds every program. oursPath is where ours is; "" builds
// it.
func prepare(ctx context.Context, dir, oursPath string) (*bench, error) {
	b := &bench{dir: dir, ca: filepath.Join(dir, "ca.pem"), programs: map[client]string{}}
	var err error
	if b.programs[ours] = oursPath; oursPath == "" {
		b.programs[ours], err = goBuild(ctx, dir, module+"/cmd/smtpgauge")
		if err != nil {
			return nil, err
		}
	}
	if b.programs[goSMTP], err = goBuild(ctx, dir, module+"/bench/internal/peers/gosmtp"); err != nil {
		return nil, err
	}
	if b.programs[floor], err = yardstick.BuildFloor(ctx, dir); err != nil {
		return nil, err
	}
	if b.sink, err = yardstick.BuildSink(ctx, dir); err != nil {
		return nil, err
	}
	if b.programs[smtpSource], err = yardstick.LookPath("smtp-source"); err != nil {
		return nil, err
	}
	if b.programs[openSSL], err = exec.LookPath("openssl"); err != nil {
		return nil, err
	}
	b.programs[oursPlain], b.programs[dialOnly] = b.programs[ours], b.programs[floor]
	return b, nil
}

// goBuild builds a program of this module into a folder.
func goBuild(ctx context.Context, dir, pkg string) (string, error) {
	program := filepath.Join(dir, filepath.Base(pkg))
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, pkg).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return program, nil
}

// command is the command line by which a client does a work.
func (b *bench) command(c client, w work, addr string) ([]string, error) {
	n := strconv.Itoa
	argv := []string{b.programs[c]}
	if b.pin {
		argv = append([]string{"taskset", "--cpu-list", "0"}, argv...)
	}
	switch c {
	case ours, oursPlain:
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		file, err := writeScenario(b.dir, w, port, b.ca, labserver.ServerName)
		if err != nil {
			return nil, err
		}
		run := filepath.Join(b.dir, "peers.jsonl")
		if err := os.RemoveAll(run); err != nil {
			return nil, err
		}
		return append(argv, "run", file, "--quiet", "--format", "json", "-o", run), nil
	case smtpSource:
		if !w.reconnect {
			argv = append(argv, "-d")
		}
		return append(argv, "-s", n(w.sessions), "-m", n(w.messages), "-l", n(max(w.size-b.header, 1)),
			"-f", address, "-t", address, "-M", "source.example.test", addr), nil
	case openSSL:
		argv = append(argv, "s_time", "-connect", addr, "-time", n(timing), "-CAfile", b.ca, "-verify", "3")
		if w.security != resumeTLS {
			return append(argv, "-new"), nil
		}
		// Without -www it never reads, so never sees a ticket of TLS 1.3, and
		// what it calls reuse is full handshakes.
		return append(argv, "-reuse", "-www", "/"), nil
	case dialOnly:
		return append(argv, "-n", "-m", n(w.messages), addr), nil
	}
	if w.reconnect {
		argv = append(argv, "-c")
	}
	if w.pipelined && c == floor {
		argv = append(argv, "-p")
	}
	if w.security != plain {
		argv = append(argv, "-ca", b.ca)
	}
	if w.security == resumeTLS {
		argv = append(argv, "-r")
	}
	return append(argv, "-s", n(w.sessions), "-m", n(w.messages), "-l", n(w.size), addr), nil
}

var timed = regexp.MustCompile(`(?m)^(\d+) connections in \d+ real seconds`)

// connections reads how many s_time made.
func connections(out string) (int64, error) {
	found := timed.FindStringSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("no count in what openssl s_time printed: %s", tail([]byte(out)))
	}
	return strconv.ParseInt(found[1], 10, 64)
}

// calibrate finds out how long smtp-source's header is, which it puts before
// the length it is told.
func (b *bench) calibrate(ctx context.Context) error {
	s, err := yardstick.StartSink(ctx, b.sink, b.dir)
	if err != nil {
		return err
	}
	const length = 500
	b.header = 0
	argv, err := b.command(smtpSource, work{sessions: 1, messages: 1, size: length}, s.Addr)
	if err != nil {
		return err
	}
	_, _, err = measure(ctx, 10*time.Second, argv)
	counts, stopped := s.Stop()
	if err != nil {
		return err
	}
	if stopped != nil {
		return stopped
	}
	b.header = int(counts.Bytes) - length
	return nil
}
