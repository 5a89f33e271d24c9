package render

import (
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/export"
)

// Runs writes runs. Several are one document if the format has room for them
// (junit, otava), one after the other if that can be read, and an error
// otherwise.
//
//   - table: tables in plain text, for terminals
//
//   - json: a Result, indented
//
//   - markdown: the same tables for a pull request or an issue, as GitHub
//     shows them
//
//   - csv: one figure a row, under the columns run, flow, metric, phase, part,
//     stat, value and unit. With a baseline, the metrics cost, overhead and choice
//     have the matrix
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
//   - prometheus: the final values in Prometheus' text format 0.0.4, times in
//     seconds
//
//   - html: a page to look at in a browser, without a network. Its charts over
//     time need a run that [ReadFor] read from its file
//
// Percentiles, rates and errors in benchfmt, otava, bencher and
// github-benchmark are of a flow's messages: response times under open load,
// service times under closed load.
var Runs = Registry[[]*record.Run]{"runs", []format[[]*record.Run]{
	{"table", each(writeTables)},
	{"json", each(plainly(writeJSON[document]))},
	{"markdown", each(writeMarkdown)},
	{"csv", each(plainly(func(w io.Writer, res *document) error { return export.CSV(w, res.Result, res.Matrix) }))},
	{"hgrm", func(w io.Writer, runs []*record.Run, _ Options) error {
		for _, r := range runs {
			if err := export.Percentiles(w, figures.Of(r).FlowOrder, r.Histogram); err != nil {
				return err
			}
		}
		return nil
	}},
	{"benchfmt", each(figuresOnly(export.Benchmarks))},
	{"junit", together(writeJUnit)},
	{"otava", together(func(w io.Writer, list []*document, _ Options) error {
		var results []*figures.Result
		for _, res := range list {
			results = append(results, res.Result)
		}
		return export.Otava(w, results)
	})},
	{"bencher", only("bencher", figuresOnly(export.Bencher))},
	{"github-benchmark", only("github-benchmark", figuresOnly(export.SmallerIsBetter))},
	{"prometheus", only("prometheus", figuresOnly(export.Prometheus))},
	{pageFormat, func(w io.Writer, runs []*record.Run, _ Options) error {
		if len(runs) != 1 {
			return oneRun(pageFormat, len(runs))
		}
		return writePage(w, runs[0])
	}},
}}

const pageFormat = "html"

// ReadFor reads a run file in the detail that a format shows. The error is as
// record.Read's.
func ReadFor(name string, r io.ReadSeeker) (*record.Run, error) {
	if name == pageFormat {
		return record.ReadCourse(r)
	}
	return record.ReadTotals(r)
}

type documentWriter func(io.Writer, *document, Options) error

// figuresOnly is for formats that hold nothing but figures.
func figuresOnly(write func(io.Writer, *figures.Result) error) documentWriter {
	return func(w io.Writer, res *document, _ Options) error { return write(w, res.Result) }
}

// each writes runs one after the other.
func each(write documentWriter) func(io.Writer, []*record.Run, Options) error {
	return func(w io.Writer, runs []*record.Run, o Options) error {
		for _, r := range runs {
			if err := write(w, newDocument(r), o); err != nil {
				return err
			}
		}
		return nil
	}
}

// together writes all runs as one document.
func together(write func(io.Writer, []*document, Options) error) func(io.Writer, []*record.Run, Options) error {
	return func(w io.Writer, runs []*record.Run, o Options) error {
		var list []*document
		for _, r := range runs {
			list = append(list, newDocument(r))
		}
		return write(w, list, o)
	}
}

// only writes the only run of a format whose documents hold one.
func only(name string, write documentWriter) func(io.Writer, []*record.Run, Options) error {
	return func(w io.Writer, runs []*record.Run, o Options) error {
		if len(runs) != 1 {
			return oneRun(name, len(runs))
		}
		return write(w, newDocument(runs[0]), o)
	}
}

func oneRun(name string, n int) error {
	return fmt.Errorf("%s holds one run, not %d: write each by itself, or merge them", name, n)
}
