//go:build !linux && !darwin

package openfiles

// Advice is what to do about a limit that is too low.
const Advice = "let this process open more files"
