//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// A circumstance is something that happens to a run, and the verdict that the run must get.
type circumstance struct {
	name   string
	title  string
	reason *regexp.Regexp // one of the verdict's reasons must match; nil if the run is sound
	load   func(j *judge) load
	run    func(j *judge, ctx context.Context, l load, n int) (*figures.Result, error)
}

var (
	starved = regexp.MustCompile(`^generator-bound: (arrivals began late|.* generator's own|the cores were busy)`)
	clocked = regexp.MustCompile(`^generator-bound: the wall clock stepped`)
	stopped = regexp.MustCompile(`^generator-bound: (arrivals began late|the generator stood still)`)
	noFiles = regexp.MustCompile(`^generator-bound: local-limit: .*descriptors`)
	noPorts = regexp.MustCompile(`^generator-bound: local-limit: .*local ports`)
)

// Sessions of the loads. Few of them in lockstep leave both cores some rest. The pool of an open
// load is so large that nothing waits for a session.
const (
	few  = 2
	many = 200
)

func halfOpen(j *judge) load   { return load{rate: j.rate, sessions: many, length: j.length} }
func fewClosed(j *judge) load  { return load{sessions: few, length: j.length} }
func slowOpen(j *judge) load   { return load{rate: 100, sessions: many, length: j.length} }
func reconnect(j *judge) load  { return load{sessions: few, perSession: 1, length: j.length} }
func manyClosed(j *judge) load { return load{sessions: many, length: j.length} }

var circumstances = harness.Choice[circumstance]{Noun: "circumstance", Name: func(c circumstance) string { return c.name }, All: []circumstance{
	{"quiet-open", "quiet, open load at half capacity", nil, halfOpen, quiet},
	{"quiet-slow", "quiet, open load of 100 messages/s", nil, slowOpen, quiet},
	{"quiet-closed", "quiet, closed load of 2 sessions", nil, fewClosed, quiet},
	{"quiet-connect", "quiet, 2 sessions, a connection a message", nil, reconnect, quiet},
	{"busy-open", "cores busy, open load at half capacity", starved, halfOpen, busy},
	{"busy-slow", "cores busy, open load of 100 messages/s", starved, slowOpen, busy},
	{"busy-closed", "cores busy, closed load of 2 sessions", starved, fewClosed, busy},
	{"busy-connect", "cores busy, 2 sessions, a connection a message", starved, reconnect, busy},
	{"stopped-open", "generator stopped for 0.3 s, open load", stopped, halfOpen, halted},
	{"stopped-slow", "generator stopped for 0.3 s, open load of 100 messages/s", stopped, slowOpen, halted},
	{"stopped-closed", "generator stopped for 0.3 s, closed load of 2 sessions", stopped, fewClosed, halted},
	{"descriptors", "40 descriptors for 200 sessions", noFiles, manyClosed, fewDescriptors},
	{"ports", "50 local ports for 200 sessions", noPorts, manyClosed, fewPorts},
	{"clock-open", "wall clock steps in the run, open load", clocked, halfOpen, stepped},
	{"clock-closed", "wall clock steps in the run, closed load", clocked, fewClosed, stepped},
}}

// patience is how long a sound run waits for the machine to be quiet.
const patience = time.Minute

// quiet leaves the machine to the run. If other processes use it, quiet waits, because a run would
// not be sound.
func quiet(j *judge, ctx context.Context, l load, _ int) (*figures.Result, error) {
	for began := time.Now(); ; {
		free, ok := machine.FreeCores(ctx)
		if !ok {
			return nil, errors.Join(ctx.Err(), errors.New("the system does not say how busy it is"))
		}
		if cores := float64(runtime.NumCPU()); free > 0.9*cores {
			return j.gauge(ctx, l, j.command)
		} else if time.Since(began) > patience {
			return nil, fmt.Errorf("%.1f of %.0f cores are free: sound runs take a quiet machine", free, cores)
		}
	}
}

// busy gives each core other work.
func busy(j *judge, ctx context.Context, l load, _ int) (*figures.Result, error) {
	stop, err := startSpinning(ctx, runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	result, err := j.gauge(ctx, l, j.command)
	return result, errors.Join(err, stop())
}

// halted stops the generator once, for less than an interval, when it has begun the load.
func halted(j *judge, ctx context.Context, l load, n int) (*figures.Result, error) {
	l.length = max(l.length, time.Second)
	// The run file, which is the last argument, exists as soon as the load begins.
	const halt = `"$@" & for file; do :; done; until [ -s "$file" ]; do sleep 0.01; done; sleep "$AFTER"; kill -STOP $!; sleep 0.3; kill -CONT $!; wait $!`
	return j.gauge(ctx, l, func(ctx context.Context, args ...string) *exec.Cmd {
		_ = os.Remove(args[len(args)-1]) // of an earlier run, if there was one
		c := harness.Command(ctx, "sh", append([]string{"-c", halt, "sh", j.Ours}, args...)...)
		c.Env = append(os.Environ(), fmt.Sprintf("AFTER=0.%02d", 10+n%40))
		return c
	})
}

// fewDescriptors sets the hard limit, which the generator cannot raise.
func fewDescriptors(j *judge, ctx context.Context, l load, _ int) (*figures.Result, error) {
	return j.gauge(ctx, l, func(ctx context.Context, args ...string) *exec.Cmd {
		return harness.Command(ctx, "sh", append([]string{"-c", `ulimit -n 40 && exec "$@"`, "sh", j.Ours}, args...)...)
	})
}

// fewPorts runs in a network namespace of its own with a small range of ports.
func fewPorts(j *judge, ctx context.Context, l load, _ int) (result *figures.Result, err error) {
	err = inOwnNetwork(func() error {
		if err := setPortRange(40000, 40049); err != nil {
			return err
		}
		result, err = j.gauge(ctx, l, j.command)
		return err
	})
	return result, err
}

// command returns a plain command of the generator.
func (j *judge) command(ctx context.Context, args ...string) *exec.Cmd {
	return harness.Command(ctx, j.Ours, args...)
}

// fault returns what is wrong with a verdict; "" if it is right.
func (c *circumstance) fault(v *figures.Validity) string {
	reasons := strings.Join(v.Reasons, "; ")
	if c.reason == nil {
		return reasons
	}
	for _, r := range v.Reasons {
		if c.reason.MatchString(r) {
			return ""
		}
	}
	return fmt.Sprintf("valid %v, reasons %q", v.Valid, reasons)
}
