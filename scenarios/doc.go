// Package scenarios reads scenario files. A scenario says which server to load, with
// which mail, how much of it and for how long. [Load] reads one, checks it, and
// resolves it into a plan that package loadgen runs:
//
//	s, err := scenarios.Load("ports.yaml", scenarios.LoadOptions{})
//	if err != nil {
//		return err // Faults: each on a line, as file:line:column: message
//	}
//	p := s.Plan()
//	err = s.CheckTarget(ctx, p)
//
// To carry a scenario out, hand it to gauge.Run, which does all of this.
// [Builtins] are scenarios to start from. docs/scenario.md explains the format.
//
// # How a file is read
//
// There are four steps. YAML becomes nodes that know their position: see package
// tree. Overrides change nodes. The scenario's target and defaults are merged into
// each flow. The table of options decodes the result.
//
// The table of options declares each option once: its name, its shape, its default
// and its meaning. It begins at scenarioShape; the tables of the parts stand beside
// the parts. The JSON Schema for editors ([Schema]) and the tables of
// docs/scenario.md are made from it.
//
// # What holds
//
//   - All faults of a scenario are reported together, each with its position.
//   - What cannot be understood is a fault. Nothing is ignored.
//   - Passwords, and text from the environment or from files, appear in no message
//     and in no output. Plan.Scenario has the reference or a placeholder.
//   - Reading a scenario opens no connection and looks up no name. CheckTarget
//     does; call it before the plan is run.
//   - The same file, overrides and environment give the same plan. The seed is 1
//     unless the file has another, because runs are there to be compared. Each
//     flow's mail is seeded by it and by the flow's name.
package scenarios
