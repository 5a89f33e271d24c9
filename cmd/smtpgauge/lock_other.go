//go:build !linux && !darwin

package main

import "os"

// lock keeps nobody out here.
func lock(*os.File) bool { return true }
