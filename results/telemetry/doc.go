// Package telemetry shows a run while it goes on: Prometheus scrapes it from a
// [Server], and a [Push] sends it by OTLP.
//
//	m := telemetry.NewMetrics(plan)
//	server, err := telemetry.Serve("127.0.0.1:9464", m)
//	// run the plan, with m.Observe as gauge.Options.OnInterval
//	m.Finish(result.Figures)
//	server.End(skip)
//
// Package metricfamily declares every metric. A value is cumulative since the run
// began, so that a scraper that comes late, or misses a scrape, misses nothing.
// What `show --format prometheus` writes too has the same name and labels there,
// leaves out the warm-up as here, and has the value that a run ends at here. There
// is one difference: times are summaries there, whose quantiles are final, and
// histograms here, since quantiles of a run under way can be neither added up nor
// averaged.
//
// Nothing here is on the timed path. [Metrics.Observe] is called about once a
// second by the goroutine that writes the run file, and adds up what an interval
// holds; a scrape copies that. Labels have bounded values only: names from the
// scenario, phases, classes and reply codes, never a text that a server sent.
//
// The libraries below log by loggers that the whole process shares. This package
// sets none of them: a program that wants them silent does so itself, as
// cmd/smtpgauge does.
package telemetry
