//go:build !linux

package serverside

import "errors"

// Cores looks at who uses this machine's cores.
type Cores struct{}

// WatchCores refuses: only Linux is known to tell.
func WatchCores(Options) (*Cores, error) { return nil, errors.ErrUnsupported }

// Note is not called: there are no Cores.
func (*Cores) Note() {}

// Use is not called: there are no Cores.
func (*Cores) Use() (*CoreUse, error) { return nil, errors.ErrUnsupported }
