//go:build linux

// Package harness is what the programs that check smtpgauge have in common. Each chooses what
// to run, and opens a [Bench] with the command and a folder ([Choice.Open]). It starts a
// [Server], makes smtpgauge load that ([Bench.Scenario], [Bench.Outcome]), and prints a
// [Spread] of the figures.
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
	"syscall"
)

const module = "github.com/smtpgauge/smtpgauge/"

// Main runs a program of this name, and exits with 1 if it fails. If the user asked for help,
// that has been printed, and Main prints no error.
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

// A Bench has what a program needs to measure: the command, and a folder. It is for one
// measurement at a time.
type Bench struct {
	Dir  string // Close removes it
	CA   string // file in Dir with the authority of the server under TLS
	Ours string // path of the smtpgauge to check
	Pin  bool   // one processor for the client and another for the server

	sink string // path of the epoll sink, once it is built
}

// Open makes the folder, which has the program's name in its own. ours is the path of
// smtpgauge; "" builds it.
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

// Build builds the program of this module in a folder, and returns the program's path.
func (b *Bench) Build(ctx context.Context, folder string) (string, error) {
	return b.BuildPackage(ctx, module+folder, filepath.Base(folder))
}

// BuildPackage builds a program by the path of its package, which may be in another module that this
// one uses, under a name in the folder.
func (b *Bench) BuildPackage(ctx context.Context, path, name string) (string, error) {
	program := filepath.Join(b.Dir, name)
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, path).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", path, err, out)
	}
	return program, nil
}

// RaiseDescriptors lets this process and its children have as many connections as the system
// allows. Go raises its own limit, but gives its children the old one unless a program sets
// the limit itself.
func RaiseDescriptors() error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
}
