// Package gauge loads an SMTP server as a scenario says, and returns what it
// measured. It is "smtpgauge run" as a function:
//
//	scenario, err := scenarios.Load("relay.yaml", scenarios.LoadOptions{})
//	if err != nil {
//		return err // every fault of the file, with its line and column
//	}
//	result, err := gauge.Run(ctx, scenario, gauge.Options{})
//	if err != nil {
//		return err
//	}
//	if err := result.Err(); err != nil {
//		return err // errors.Is tells ErrInvalid, ErrThresholdMissed, ErrUndecided and ErrInterrupted apart
//	}
//	fmt.Println(result.Flow("relay").Rate, "messages a second")
//
// # Which servers are loaded
//
// A scenario whose target is sink needs no server: [Run] starts the built-in one and
// stops it afterwards. Any other target is looked up and checked before anything is
// sent. If it is neither this machine nor on a private network, Run refuses it with a
// *netdrive.StrangerError, unless scenarios.LoadOptions.MayLoad had its name when the
// scenario was loaded.
//
// # What is tried first
//
// Before the load, Run tries one session of each flow, as far as RCPT. If one shows that
// its flow cannot work, such as a wrong password, nothing is loaded, and the error is of
// type check.Faults: it says what is wrong and what to do. [Options.NoProbe] leaves that
// out. [Job.Look] looks at more, and is "smtpgauge check" as a function.
//
// # Two kinds of errors
//
// The error of Run says that there is no measurement, or that its file is not
// complete. The error of the [Result] says whether what was measured is good enough. A
// server that rejects mail, or is too slow, is a figure and not an error of Run.
//
// # A plan of your own
//
// [NewJob] makes the plan and stops there. Change the job's plan to run a scenario at
// another rate, against a listener of a test, or with one flow alone. Then call
// [Job.Check] once and [Job.Run] as often as you like.
//
// # What holds
//
//   - Nothing here prints, traps signals, sets globals or exits.
//   - To cancel the context stops a run at once. To close [Options.Drain] ends it in
//     order. Both return a Result of what was measured until then.
package gauge
