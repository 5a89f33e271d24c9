// Package stepsummary writes on the page of a GitHub workflow.
package stepsummary

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// maxSize is the largest summary of a step that GitHub accepts, in bytes. It
// drops all of a larger one.
const maxSize = 1 << 20

// Append adds what write writes in Markdown to the page of a GitHub workflow, if this is
// one. Nobody asked for it on the command line, so a failure is printed on stderr and does
// not change the exit code.
func Append(stderr io.Writer, write func(io.Writer) error) {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return
	}
	if err := appendMarkdown(name, write); err != nil {
		fmt.Fprintf(stderr, "warning: the step summary is not written: %v\n", err)
	}
}

func appendMarkdown(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	b.WriteString("\n") // what another command appends is a paragraph of its own
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size()+int64(b.Len()) > maxSize {
		err = fmt.Errorf("it would be over the %d MiB that GitHub accepts", maxSize>>20)
	}
	if err == nil {
		_, err = f.Write(b.Bytes())
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
