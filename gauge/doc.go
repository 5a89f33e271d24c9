// Package gauge carries scenarios out: it loads an SMTP server as a scenario
// says, and returns what that came to. It is the whole of the command's run as a
// function:
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
//		return err // errors.Is tells ErrInvalid, ErrThresholdMissed and ErrInterrupted apart
//	}
//	fmt.Println(result.Flow("relay").Rate, "messages a second")
//
// # Who is loaded
//
// Scenarios whose target is sink need no server: [Run] starts the built-in one
// and stops it afterwards. Any other target is looked up and judged before
// anything is sent. One that is neither this machine nor on a private network
// is refused with a *netdrive.StrangerError, unless the scenario was loaded with
// its name in scenarios.LoadOptions.MayLoad.
//
// # What a run comes to
//
// Two things are told apart. The error of Run says that there is no
// measurement, or that its file is not whole. What was measured is in the
// [Result], and whether it is good enough is the Result's own error: a server
// that rejects mail, or that is too slow, is a figure and no failure of Run.
//
// # A plan of one's own
//
// [NewJob] stops half way. The job's plan may be changed, so that one scenario
// is run at another rate, against a listener of a test, or for one flow alone;
// then [Job.Check] and [Job.Run] go on from there, and Run as often as one likes.
//
// Nothing here prints, traps signals, sets globals or exits. Canceling the
// context stops a run at once, and closing [Options.Drain] ends it in order; what
// was measured until then is a Result all the same.
package gauge
