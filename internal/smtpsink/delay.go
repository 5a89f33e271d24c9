package smtpsink

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// delayPoints are the points of a session that can have a delay, in its order.
var delayPoints = []string{
	"banner", "tls", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "rset", "quit",
}

// ParseDelay reads "COMMAND=DURATION", such as "rcpt=3ms". "body" is the reply
// to the final dot (or the last BDAT chunk), "tls" the handshake.
func ParseDelay(s string) (command string, d time.Duration, err error) {
	command, value, ok := strings.Cut(s, "=")
	if !ok {
		return "", 0, fmt.Errorf("delay %q: use COMMAND=DURATION, such as rcpt=3ms", s)
	}
	d, err = time.ParseDuration(value)
	if err != nil {
		return "", 0, fmt.Errorf("delay %q: %q is no duration: use one such as 3ms", s, value)
	}
	if err := checkDelay(command, d); err != nil {
		return "", 0, err
	}
	return command, d, nil
}

func checkDelay(command string, d time.Duration) error {
	if command == "connect" {
		return fmt.Errorf("delay at connect: the kernel answers that, not the sink: use banner, or tls for the handshake")
	}
	if !slices.Contains(delayPoints, command) {
		return fmt.Errorf("delay at %q: no such point: use one of %s", command, strings.Join(delayPoints, ", "))
	}
	if d < 0 {
		return fmt.Errorf("delay at %s: %v is negative: use a duration such as 3ms", command, d)
	}
	return nil
}

// checkDelays checks all delays. It also refuses those for which go-smtp has no hook: a
// session cannot delay the replies to DATA and QUIT. Only a conn can, if there is no TLS.
func checkDelays(delays map[string]time.Duration, listeners []Listener) error {
	for command, d := range delays {
		if err := checkDelay(command, d); err != nil {
			return err
		}
		if command != "data" && command != "quit" || d == 0 {
			continue
		}
		for _, l := range listeners {
			if l.TLS != sample.TLSNone {
				return fmt.Errorf("delay at %s: go-smtp allows it only without TLS, and %s has it: use body, or tls none on every listener", command, l)
			}
		}
	}
	return nil
}

// spinning is the longest wait that keeps its core busy. The runtime's timers may be a
// millisecond late. So they cannot make a delay of some microseconds, as of a server that
// has become a little slower.
const spinning = 100 * time.Microsecond

// wait waits for the delay of a command, if it has one. It returns at once when the sink
// closes.
func (s *Server) wait(command string) {
	if len(s.delays) == 0 {
		return
	}
	d := s.delays[command]
	if d <= 0 {
		return
	}
	if d <= spinning {
		for began := time.Now(); time.Since(began) < d; {
		}
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.done:
	}
}
