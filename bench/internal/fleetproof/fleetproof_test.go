//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// What is sent arrives in order, late by the delay, and by a retransmission if a segment is
// lost; what was sent after that waits for it.
func TestWay(t *testing.T) {
	for lost, want := range map[float64]time.Duration{0: 20 * time.Millisecond, 1: 220 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			in, from := net.Pipe()
			to, out := net.Pipe()
			gone := make(chan error)
			go func() {
				err := way{20 * time.Millisecond, lost, 200 * time.Millisecond}.pass(to, from, rand.New(rand.NewPCG(1, 2)))
				to.Close()
				gone <- err
			}()
			begun := time.Now()
			sent := bytes.Repeat([]byte("0123456789"), 1000) // several segments
			go func() {
				in.Write(sent)
				in.Close()
			}()
			got, err := io.ReadAll(out)
			if err != nil || !bytes.Equal(got, sent) || time.Since(begun) != want {
				t.Errorf("%d octets after %v, %v; want %d after %v", len(got), time.Since(begun), err, len(sent), want)
			}
			if err := <-gone; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	decode := func(text string) (v any) {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	a := decode(`{"same": [1, {"x": null}], "list": [{"n": 1}, {"n": 2}], "length": [1], "one": 1, "kind": {}}`)
	b := decode(`{"same": [1, {"x": null}], "list": [{"n": 2}, {"n": 3}], "length": [1, 2], "other": 1, "kind": []}`)
	want := []string{".kind", ".length", ".list[].n", ".one", ".other"}
	if got := differences("", a, b); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLine(t *testing.T) {
	costs := []cost{{agents: 10, cpu: 3}, {agents: 20, cpu: 5}, {agents: 40, cpu: 9}}
	if got := fitted(costs, func(c cost) float64 { return c.cpu }, 1000); got < 200.999 || got > 201.001 {
		t.Errorf("%v, want 201", got)
	}
}

func TestAwaited(t *testing.T) {
	p, err := start(t.Context(), regexp.MustCompile(`at \S+\n`), nil, "sh", "-c", "printf 'it is a' >&2; printf 't x:1\n at y\n' >&2")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.await(t.Context()); err != nil || got != "at x:1\n" {
		t.Errorf("%q, %v", got, err)
	}
	if err := p.wait(); err != nil {
		t.Error(err)
	}
	if p, err = start(t.Context(), joinLine, nil, "sh", "-c", "echo why >&2; exit 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.await(t.Context()); err == nil {
		t.Error("a program that has ended is waited for")
	}
}

func TestCPUWithin(t *testing.T) {
	second := func(n int) time.Time { return time.Unix(int64(n), 0) }
	p := &process{looks: []look{{second(0), 0}, {second(1), time.Second}, {second(2), time.Second}, {second(4), 2 * time.Second}}}
	if got := p.within(second(1), second(4)); got != 1./3 {
		t.Errorf("%v of a core, want a third", got)
	}
}
