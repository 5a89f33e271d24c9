// Package record keeps what a run reports, in memory and in its run file, and
// reads run files back.
//
//	c, err := record.NewCollector(file, record.NewHeader(plan, criteria), plan, shards, nil)
//	engine, err := loadgen.New(plan, c.Recorder, ...)
//	usage := generator.StartUsage()
//	report, err := engine.Run(ctx)
//	run, err := c.Close(report, usage.Used())
//
// Package gauge does that; the above is for callers that run a loadgen.Engine
// directly. A [Collector] takes samples from every shard and writes the file
// meanwhile. [Read] reads a run file back, whole or cut; [ReadTotals] and
// [ReadCourse] do so in memory that does not grow with the length of the run;
// [Merge] makes one run of those that several generators made. docs/run-file.md
// has the format, and package figures works out what a [Run] comes to.
//
// The package promises:
//
//   - The timed path allocates nothing once an interval is under way.
//   - Nothing grows with the length of a run but its file.
//   - Histograms are merged, never averaged. Outcomes add up to what was attempted.
//   - A run file may be cut anywhere: what is left of it counts.
//   - A run file may come from anybody: whatever is in it, reading ends within
//     bounds.
package record
