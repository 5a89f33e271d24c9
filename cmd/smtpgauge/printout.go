package main

import (
	"fmt"
	"io"
)

// A printout is stdout: results, which are whole or the command has failed.
type printout struct {
	w      io.Writer
	before func() // is called first, so that what was said stands above it
	failed error  // the first that was not written
}

// Write prints, unless it has failed before.
func (p *printout) Write(text []byte) (int, error) {
	p.before()
	if p.failed != nil {
		return 0, p.failed
	}
	n, err := p.w.Write(text)
	if err != nil {
		p.failed = fmt.Errorf("not all is printed: %w", err)
	}
	return n, p.failed
}
