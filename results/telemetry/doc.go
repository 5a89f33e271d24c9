// Package telemetry shows a run while it goes on: Prometheus scrapes it from a
// Server, and a Push sends it by OTLP.
//
//	m := telemetry.NewMetrics(plan)
//	server, err := telemetry.Serve("127.0.0.1:9464", m)
//	// run the plan, with m.Observe as the collector's onInterval
//	m.Finish(run.Result())
//	server.End(skip)
//
// Every metric is declared once, in family.go, and both ways out read it from
// there. Its value is cumulative since the run began, so that whoever comes
// late, or misses a scrape, misses nothing. What `show --format prometheus`
// exports too has the name and the labels that it has there, leaves out the
// warm-up as that does, and ends at the same value. There is one difference:
// times are summaries there, whose quantiles are final, and histograms here,
// since quantiles of a run under way can neither be added up nor averaged.
//
// Nothing here is on the timed path. Observe is called about once a second from
// the goroutine that writes the run file, and adds up what an interval holds; a
// scrape copies that. Labels have bounded values only: names from the scenario,
// phases, classes and reply codes, never a text that a server sent.
package telemetry
