package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// askPassword reads a password from a terminal without showing it. ^C turns the
// terminal's echo on again.
func askPassword(terminal *os.File, name string, stderr io.Writer) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endings()...)
	defer signal.Stop(signals)

	type answer struct {
		secret []byte
		err    error
	}
	answers := make(chan answer, 1)
	fmt.Fprintf(stderr, "password of %s: ", name)
	go func() {
		secret, err := term.ReadPassword(fd)
		answers <- answer{secret, err}
	}()
	var a answer
	select {
	case a = <-answers:
	case <-signals:
		a.err = errors.Join(gauge.ErrInterrupted, term.Restore(fd, before))
	}
	fmt.Fprintln(stderr)
	switch {
	case a.err != nil:
		return "", fmt.Errorf("read the password: %w", a.err)
	case len(a.secret) == 0:
		return "", errors.New("read the password: it is empty")
	}
	return string(a.secret), nil
}
