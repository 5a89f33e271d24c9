//go:build linux

// Package harness is what the programs that hold smtpgauge to account have in
// common. Each chooses what to run and opens a [Bench] with the command and a
// folder ([Choice.Open]), places a [Server] on it, has smtpgauge load that
// ([Bench.Scenario], [Bench.Outcome]), and prints a [Spread] of what came out.
package harness

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

const module = "github.com/smtpgauge/smtpgauge/"

// Main runs a program of this name and exits with 1 if it fails. A call for
// help has been answered by then and is no failure to report.
func Main(name string, run func(ctx context.Context, args []string, w io.Writer) error) {
	err := run(context.Background(), os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	}
	os.Exit(1)
}

// A Bench is where a program measures: the command and a folder for all that
// it needs. It is for one measurement at a time.
type Bench struct {
	Dir  string // gone after Close
	CA   string // file in Dir with the authority of the server under TLS
	Ours string // the smtpgauge that is held to account
	Pin  bool   // a processor for the client and another for the server

	sink string // the epoll sink, once it is built
}

// Open makes the folder, which has the program's name in its own. ours is where
// smtpgauge is; "" builds it.
func Open(ctx context.Context, name, ours string) (*Bench, error) {
	dir, err := os.MkdirTemp("", name+"-")
	if err != nil {
		return nil, err
	}
	b := &Bench{Dir: dir, CA: filepath.Join(dir, "ca.pem"), Ours: ours}
	if ours == "" {
		b.Ours, err = b.Build(ctx, "cmd/smtpgauge")
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Close removes the folder.
func (b *Bench) Close() error { return os.RemoveAll(b.Dir) }

// Build builds a program of this module, named by its folder, and returns its
// path.
func (b *Bench) Build(ctx context.Context, folder string) (string, error) {
	program := filepath.Join(b.Dir, filepath.Base(folder))
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, module+folder).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", module+folder, err, out)
	}
	return program, nil
}
