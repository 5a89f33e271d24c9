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
	All   bool // of a comparison, also the phases in which no change shows; tables, Markdown and the plot of a page
}

const pageFormat = "html"

var formats = []struct {
	name  string
	write func(io.Writer, []*Run, WriteOptions) error
}{
	{"table", each(writeTables)},
	{"json", each(plainly(writeJSON))},
	{"markdown", each(plainly(writeMarkdown))},
	{"csv", each(plainly(writeCSV))},
	{"hgrm", func(w io.Writer, runs []*Run, _ WriteOptions) error {
		for _, r := range runs {
			if err := writePercentiles(w, r.Result().FlowOrder, r.Histogram); err != nil {
				return err
			}
		}
		return nil
	}},
	{"benchfmt", each(plainly(writeBenchmarks))},
	{"junit", together(writeJUnit)},
	{"otava", together(writeOtava)},
	{"bencher", only("bencher", plainly(writeBencher))},
	{"github-benchmark", only("github-benchmark", plainly(writeSmallerIsBetter))},
	{"prometheus", only("prometheus", plainly(writeExposition))},
	{pageFormat, func(w io.Writer, runs []*Run, _ WriteOptions) error {
		if len(runs) != 1 {
			return oneRun(pageFormat, len(runs))
		}
		return writePage(w, runs[0])
	}},
}

type resultWriter func(io.Writer, *Result, WriteOptions) error

// plainly leaves out the options, for formats that are not for terminals.
func plainly(write func(io.Writer, *Result) error) resultWriter {
	return func(w io.Writer, res *Result, _ WriteOptions) error { return write(w, res) }
}

// each writes runs one after the other.
func each(write resultWriter) func(io.Writer, []*Run, WriteOptions) error {
	return func(w io.Writer, runs []*Run, o WriteOptions) error {
		for _, r := range runs {
			if err := write(w, r.Result(), o); err != nil {
				return err
			}
		}
		return nil
	}
}

// together writes all runs as one document.
func together(write func(io.Writer, []*Result) error) func(io.Writer, []*Run, WriteOptions) error {
	return func(w io.Writer, runs []*Run, _ WriteOptions) error {
		var list []*Result
		for _, r := range runs {
			list = append(list, r.Result())
		}
		return write(w, list)
	}
}

// only writes the only run of a format whose documents hold one.
func only(format string, write resultWriter) func(io.Writer, []*Run, WriteOptions) error {
	return func(w io.Writer, runs []*Run, o WriteOptions) error {
		if len(runs) != 1 {
			return oneRun(format, len(runs))
		}
		return write(w, runs[0].Result(), o)
	}
}

func oneRun(format string, n int) error {
	return fmt.Errorf("%s holds one run, not %d: write each by itself, or merge them", format, n)
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
//
//   - json: a Result, indented
//
//   - markdown: the same tables for a pull request or an issue, as GitHub
//     shows them
//
//   - csv: one figure a row, under the columns run, flow, metric, phase, part,
//     stat, value and unit. Where there is a baseline, cost, overhead and
//     choice are what the Matrix holds
//
//   - hgrm: HdrHistogram's percentile distributions in milliseconds, one
//     for every flow, phase and time. Each begins with a line such as
//     "#[flow relay-25, phase message, service]". Plotters of such files want
//     one distribution a file: csplit -z run.hgrm '/^#\[flow /' '{*}' cuts
//     them apart, and the line does not disturb the plotters.
//
//   - benchfmt: the format of Go's benchmarks, which benchstat reads: a line a
//     flow and round, with p50-ns, p99-ns, msgs/s and errors
//
//   - junit: JUnit XML: the verdict and each threshold are test cases, and an
//     invalid measurement is an error
//
//   - otava: CSV for Apache Otava, a row a run, in order of time
//
//   - bencher: Bencher Metric Format, a benchmark a flow
//
//   - github-benchmark: customSmallerIsBetter for github-action-benchmark
//
//   - prometheus: the final values in Prometheus' text format, times in seconds
//
//   - html: a page to look at in a browser, without a network. Its charts over
//     time need the run read back from its file: see [Run.Intervals]
//
// Percentiles, rates and errors in benchfmt, otava, bencher and
// github-benchmark are a flow's messages: response times under open load,
// service times under closed load.
//
// Names and servers' texts are foreign: in every format, what does not print
// is escaped, and nothing is a command to the CI system whose log it goes to;
// Markdown links and mentions nothing of theirs. The error is w's, or says that
// there is no such format.
func Write(w io.Writer, format string, r *Run, o WriteOptions) error {
	return WriteAll(w, format, []*Run{r}, o)
}

// WriteAll writes several runs in one of Formats: one document where the
// format has room for them (junit, otava), one after the other where that can
// be read, and an error elsewhere.
func WriteAll(w io.Writer, format string, runs []*Run, o WriteOptions) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(w, runs, o)
		}
	}
	return fmt.Errorf("no format is named %q: known are %s", format, strings.Join(Formats(), ", "))
}
