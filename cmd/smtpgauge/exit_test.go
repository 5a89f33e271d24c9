package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/openfiles"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, exitOK},
		{io.ErrUnexpectedEOF, exitFailed},
		{usagef("hint", "cause"), exitUsage},
		{fmt.Errorf("around: %w", usagef("hint", "cause")), exitUsage},
		{scenarios.Faults{{File: "f", Message: "m"}}, exitUsage},
		{fmt.Errorf("%w: a.errors < 1%%", gauge.ErrThresholdMissed), exitMissed},
		{gauge.ErrInvalid, exitFailed},
		{errors.Join(gauge.ErrFailed, gauge.ErrThresholdMissed), exitFailed},
		{&verdictError{gauge.ErrThresholdMissed, ""}, exitMissed},
		{errors.Join(errRegression, errUndecided), exitMissed},
		{fmt.Errorf("%w: too few rounds", errUndecided), exitUndecided},
		{errors.Join(errUndecided, errRegression), exitMissed},
		{errors.Join(nil, errors.Join(errUndecided, errUndecided)), exitUndecided},
		{errors.Join(io.ErrShortWrite, errUndecided), exitFailed},
		{errors.Join(errUndecided, gauge.ErrInvalid), exitFailed},
		{errors.Join(gauge.ErrInvalid, gauge.ErrThresholdMissed), exitFailed}, // figures of an invalid run miss no threshold
		{fmt.Errorf("start the sink: %w", context.Canceled), exitInterrupted},
		{errors.Join(gauge.ErrInterrupted, gauge.ErrInvalid, gauge.ErrThresholdMissed), exitInterrupted},
	} {
		if got := exitCode(c.err); got != c.code {
			t.Errorf("exit code of %v is %d, want %d", c.err, got, c.code)
		}
	}
}

// A limit on open files is told with what raises it.
func TestTooFewOpenFilesHaveAHint(t *testing.T) {
	var stderr strings.Builder
	if code := finish(fmt.Errorf("start the sink: %w", os.NewSyscallError("pipe2", syscall.EMFILE)), &stderr); code != exitFailed || !strings.Contains(stderr.String(), "\nhint: "+openfiles.Advice) {
		t.Errorf("exit %d: %q", code, stderr.String())
	}
}

func TestUsageErrorsHaveAHint(t *testing.T) {
	for _, args := range [][]string{
		{}, {"nope"}, {"run"}, {"run", "--nope"}, {"run", "a", "b"}, {"quick"}, {"quick", "h:x"}, {"quick", "h:1025"},
		{"quick", "h", "--rate", "1", "--messages", "1"}, {"quick", "h", "--sessions", "0"}, {"quick", "h", "--mechanism", "PLAIN"},
		{"show"}, {"show", "--format", "nope", "x"}, {"sink", "x"}, {"sink", "--listen", "::"}, {"sink", "--delay", "vrfy=1s"},
		{"sink", "--delay", "data=1s"}, {"scenarios", "nope"}, {"scenarios", "a", "b"}, {"init", "a", "b"}, {"schema", "x"}, {"validate"},
		{"run", "builtin:four-ports", "-o", "-"},
	} {
		var stdout, stderr strings.Builder
		code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
		lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
		if code != exitUsage || len(lines) != 2 || !strings.HasPrefix(lines[0], "smtpgauge: ") || !strings.HasPrefix(lines[1], "hint: ") || stdout.Len() > 0 {
			t.Errorf("%q: exit %d, stdout %q, stderr %q; want exit 2, a cause and a hint", args, code, stdout.String(), stderr.String())
		}
	}
}

func TestEveryReasonIsALineOfItsOwn(t *testing.T) {
	var stderr strings.Builder
	code := finish(errors.Join(fmt.Errorf("%w: a", gauge.ErrThresholdMissed), fmt.Errorf("%w: b", gauge.ErrThresholdMissed)), &stderr)
	if want := "smtpgauge: threshold missed: a\nsmtpgauge: threshold missed: b\n"; code != exitMissed || stderr.String() != want {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
}

// What stdout has told is not printed again.
func TestVerdictIsToldOnce(t *testing.T) {
	var stderr strings.Builder
	code := finish(errors.Join(&verdictError{gauge.ErrThresholdMissed, ""}, io.ErrShortWrite), &stderr)
	if want := "smtpgauge: short write\n"; code != exitMissed || stderr.String() != want {
		t.Errorf("exit %d, stderr %q, want %q", code, stderr.String(), want)
	}
}

func TestInvalidRunsAreAllowed(t *testing.T) {
	invalid, missed := fmt.Errorf("%w: busy", gauge.ErrInvalid), fmt.Errorf("%w: a", gauge.ErrThresholdMissed)
	for _, c := range []struct {
		err  error
		code int
		told bool
	}{
		{nil, exitOK, false},
		{errors.Join(invalid), exitOK, true},
		{invalid, exitOK, true},
		{errors.Join(invalid, missed), exitMissed, true},
		{errors.Join(gauge.ErrFailed, invalid), exitFailed, true},
		{errors.Join(gauge.ErrInterrupted, invalid), exitInterrupted, true},
		{errors.Join(missed), exitMissed, false},
	} {
		var stderr strings.Builder
		if code := exitCode(allowInvalid(c.err, &stderr)); code != c.code || (stderr.Len() > 0) != c.told {
			t.Errorf("%v: exit %d, stderr %q, want exit %d", c.err, code, stderr.String(), c.code)
		}
	}
}
