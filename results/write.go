package results

import (
	"fmt"
	"io"
	"strings"
)

// WriteOptions say how a run is shown to people. The zero value suits a file
// or a pipe.
type WriteOptions struct {
	Width int  // of a line of tables, in characters; 0 means 100
	Color bool // red for what is wrong, by ANSI escapes; tables only
	All   bool // of a comparison, also the phases in which no change shows; tables and Markdown
}

var formats = []struct {
	name  string
	write func(io.Writer, *Run, WriteOptions) error
}{
	{"table", func(w io.Writer, r *Run, o WriteOptions) error { return writeTables(w, r.Result(), o) }},
	{"json", func(w io.Writer, r *Run, _ WriteOptions) error { return writeJSON(w, r.Result()) }},
	{"markdown", func(w io.Writer, r *Run, _ WriteOptions) error { return writeMarkdown(w, r.Result()) }},
	{"csv", func(w io.Writer, r *Run, _ WriteOptions) error { return writeCSV(w, r.Result()) }},
	{"hgrm", func(w io.Writer, r *Run, _ WriteOptions) error {
		return writePercentiles(w, r.Result().FlowOrder, r.Histogram)
	}},
}

// Formats returns the names of the formats that Write knows.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes a run in one of Formats.
//
//   - table: tables in plain text, for terminals
//   - json: a Result, indented
//   - markdown: the same tables for a pull request or an issue, as GitHub
//     shows them
//   - csv: one figure a row, under the columns run, flow, metric, phase, part,
//     stat, value and unit
//   - hgrm: HdrHistogram's percentile distributions in milliseconds, one
//     for every flow, phase and time. Each begins with a line such as
//     "#[flow relay-25, phase message, service]". Plotters of such files want
//     one distribution a file: csplit -z run.hgrm '/^#\[flow /' '{*}' cuts
//     them apart, and the line does not disturb the plotters.
//
// Names and servers' texts are foreign: in every format, what does not print
// is escaped. The error is w's, or says that there is no such format.
func Write(w io.Writer, format string, r *Run, o WriteOptions) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(w, r, o)
		}
	}
	return fmt.Errorf("no format is named %q: known are %s", format, strings.Join(Formats(), ", "))
}
