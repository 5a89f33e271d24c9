// Package scenarios reads scenario files: what to load, with what, how much
// and for how long. It checks them, and resolves them into plans that loadgen
// runs.
//
//	s, err := scenarios.Load("ports.yaml", scenarios.LoadOptions{})
//	if err != nil {
//		return err // Faults: each a line, file:line:column: message
//	}
//	p := s.Plan()
//	err = s.CheckTarget(p)
//
// A file goes through four steps: YAML becomes nodes that know their place;
// overrides change nodes; the scenario's target and defaults are merged into
// each flow; and the result is decoded by the table of options. That table
// (scenarioShape, and what it is put together from) is where each option is
// declared, once: its name, its shape, its default and its meaning. The JSON
// Schema that editors use is generated from it.
//
// What holds:
//
//   - Everything wrong is reported at once and with its place.
//   - What cannot be understood is a fault, never ignored.
//   - A value from the environment, a file or a password appears in no message
//     and in no output; Plan.Scenario has the reference or a placeholder.
//   - Reading a scenario opens no connection and looks up no name. CheckTarget
//     does, and is for whoever runs the plan.
//   - The same file, overrides and environment give the same plan. That
//     includes the seed, which is 1 where the file gives none: runs are there
//     to be compared. Each flow's mail is seeded by it and the flow's name.
package scenarios
