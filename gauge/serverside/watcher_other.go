//go:build !linux

package serverside

import (
	"errors"
	"fmt"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Watcher looks at a server again and again.
type Watcher struct{}

// New refuses: only Linux is known to tell.
func New(Options) (*Watcher, error) {
	return nil, fmt.Errorf("the server's processes can be watched on Linux only: %w", errors.ErrUnsupported)
}

// Look is not called: there is no Watcher.
func (*Watcher) Look() (*tally.ServerSample, error) { return nil, errors.ErrUnsupported }
