// Package password asks for passwords on a terminal.
package password

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// Ask reads the password of a name from a terminal without showing it. The endings are the
// signals that end the program: any of them turns the terminal's echo on again, and the error
// is gauge.ErrInterrupted.
func Ask(terminal *os.File, name string, stderr io.Writer, endings []os.Signal) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endings...)
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
