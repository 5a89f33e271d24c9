package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// Options say how something is shown to people. The zero value suits a file or a
// pipe.
type Options struct {
	Width        int  // of a line of tables, in characters; 0 means 100
	Color        bool // red for what is bad, by ANSI escapes; tables only
	AllowInvalid bool // an invalid run is no error; JUnit only
	All          bool // not only what fits a screen; of a comparison, the statistics: tables and Markdown
}

func (o Options) terminal() table.Terminal { return table.Terminal{Width: o.Width, Color: o.Color} }

// A Registry holds the formats that things of one kind are written in.
type Registry[T any] struct {
	things  string // "runs"
	formats []format[T]
}

type format[T any] struct {
	name  string
	write func(io.Writer, T, Options) error
}

// Names returns the names of the formats, the one for terminals first.
func (r *Registry[T]) Names() []string {
	names := make([]string, len(r.formats))
	for i, f := range r.formats {
		names[i] = f.name
	}
	return names
}

// Write writes a thing in the format of that name. The error is w's, says that there
// is no such format, or why the format has no place for the thing.
func (r *Registry[T]) Write(w io.Writer, name string, thing T, o Options) error {
	for _, f := range r.formats {
		if f.name == name {
			return f.write(w, thing, o)
		}
	}
	return fmt.Errorf("no format of %s is named %q: known are %s", r.things, name, strings.Join(r.Names(), ", "))
}

// plainly leaves out the options, for formats that are not for terminals.
func plainly[T any](write func(io.Writer, T) error) func(io.Writer, T, Options) error {
	return func(w io.Writer, thing T, _ Options) error { return write(w, thing) }
}

// views are the formats that every thing has that people read as a report.
func views[T compare.Comparison | compare.Noise | compare.Matrix](report func(*T, Options) table.Report) []format[*T] {
	return []format[*T]{
		{"table", func(w io.Writer, thing *T, o Options) error {
			return table.Draw(w, report(thing, o), o.terminal())
		}},
		{"json", plainly(writeJSON[T])},
		{"markdown", func(w io.Writer, thing *T, o Options) error {
			return table.Markdown(w, report(thing, o))
		}},
	}
}
