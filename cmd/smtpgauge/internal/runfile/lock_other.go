//go:build !linux && !darwin

package runfile

import "os"

// lock keeps nobody out here.
func lock(*os.File) bool { return true }
