//go:build linux

// Package yardstick builds and runs what the generator is compared with: the floor, which does the
// least that a client can do, and servers that are so fast that the client is the limit. The two
// programs in C are compiled before they run, so that they are the same everywhere and the
// repository has no binaries.
package yardstick

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed floor.c
var floorSource []byte

//go:embed epollsink.c
var sinkSource []byte

// BuildFloor compiles the floor into a folder, and returns the program's path.
func BuildFloor(ctx context.Context, dir string) (string, error) {
	return build(ctx, dir, "floor", floorSource)
}

// BuildSink compiles the epoll sink into a folder, and returns the program's path.
func BuildSink(ctx context.Context, dir string) (string, error) {
	return build(ctx, dir, "epollsink", sinkSource)
}

func build(ctx context.Context, dir, name string, source []byte) (string, error) {
	program := filepath.Join(dir, name)
	if err := os.WriteFile(program+".c", source, 0o600); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, "cc", "-O2", "-o", program, program+".c").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cc %s.c: %w\n%s", name, err, out)
	}
	return program, nil
}
