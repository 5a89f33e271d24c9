package bundle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Rules are an agent's own: whoever started the agent gave them. What the coordinator's
// user may load does not count here, so that no coordinator can aim a fleet at strangers.
// The zero value allows targets on this machine and on private networks, and gives no
// secrets.
type Rules struct {
	// MayLoad names hosts that this agent may load although they are neither this machine
	// nor on a private network, and the paths of Unix sockets.
	MayLoad []string
	// Secrets names the secrets that this agent gives to scenarios with secrets: agent,
	// each as it stands there: "env:NAME" or "file:PATH". A scenario decides which server
	// gets a secret, so none is given unless it is named.
	Secrets []string
}

// CheckSecrets returns an error that says which of the names cannot be that of a secret, or is
// of none that this machine has.
func CheckSecrets(names []string) error {
	r := Rules{Secrets: names}
	for _, name := range names {
		kind, what, _ := strings.Cut(name, ":")
		if kind != "env" && kind != "file" || what == "" {
			return fmt.Errorf("%q: want env:NAME or file:PATH, as it stands in the scenario", name)
		}
		if _, err := r.secret(name); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
	}
	return nil
}

// Permit checks a plan before anything connects to its targets. It puts the agent's own
// rules into the plan, so that they hold for every later look-up too. The error is that of
// Scenario.CheckTarget, or names the socket that the agent may not load.
func (r *Rules) Permit(ctx context.Context, s *scenarios.Scenario, p *loadgen.Plan) error {
	p.MayLoad = slices.Clone(r.MayLoad)
	for i := range p.Flows {
		// A socket is of this machine, but not every one is a mail server's.
		t := &p.Flows[i].Target
		if t.Network == "unix" && !slices.Contains(r.MayLoad, t.Host) {
			return fmt.Errorf("flow %s: this agent may not load the socket %s: start it with --i-may-load %s if it may", p.Flows[i].Name, t.Host, t.Host)
		}
	}
	err := s.CheckTarget(ctx, p)
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		return fmt.Errorf("%w, and this agent may not load it: start it with --i-may-load %s if it may", err, stranger.Host)
	}
	return err
}

// maxSecret bounds the file of a secret, as scenarios do.
const maxSecret = 64 << 10

// secret finds what a reference stands for on this machine. The error goes on after the
// secret's name.
func (r *Rules) secret(reference string) (string, error) {
	if !slices.Contains(r.Secrets, reference) {
		return "", fmt.Errorf("is none of the secrets that this agent gives: start it with --secret %s if it may", reference)
	}
	kind, what, _ := strings.Cut(reference, ":")
	if kind == "env" {
		v, ok := os.LookupEnv(what)
		if !ok {
			return "", errors.New("is not set on this agent")
		}
		return v, nil
	}
	path, err := filepath.Abs(what)
	if err != nil {
		return "", fmt.Errorf("cannot be found on this agent: %w", err)
	}
	folder, name := filepath.Split(path)
	data, err := textfile.Read(textfile.Folder(folder), name, maxSecret)
	if err == nil {
		data, err = textfile.Decode(data)
	}
	if err != nil {
		return "", fmt.Errorf("cannot be read on this agent: %w", err)
	}
	return string(data), nil
}
