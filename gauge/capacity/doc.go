// Package capacity finds the highest rate at which a server keeps goals such as
// "message.response.p99 < 250ms", as RFC 9971 has it for networks. It is "smtpgauge
// capacity" as a function:
//
//	goals, err := capacity.GoalsOf(job.Plan, []string{"message.response.p99 < 250ms"})
//	target, err := capacity.NewTarget(job, goals, capacity.TargetOptions{})
//	answer, err := capacity.Search(ctx, target, capacity.Plan{Goals: goals}, nil)
//	fmt.Println(answer.Range.Low, "to", answer.Range.High, "messages a second")
//
// # The way through
//
// A Target loads the server of a scenario at one rate after the other: the rates of all
// flows are scaled together, so the mix stays. A trial is judged by blocks of a second
// (judge.go, block.go). Search goes from a low rate up, halves the interval, and repeats
// trials around the boundary. The range in the end is what all trials near it say
// together (fit.go, queue.go, walk.go), because one trial tells little: close to its limit
// a queue needs many seconds to grow, and as many to go.
//
// A Log keeps a search on disk, a line a trial; ReadReport reads it, whole or not.
//
// # What holds
//
//   - The range is meant to hold the truth in 95 % of searches, and is as wide as that
//     takes. "make capacity-proof" counts it on servers drawn at random.
//   - A queue that grows breaks every goal.
//   - A trial that the generator spoiled shows nothing, unless it kept the goals in
//     spite of that.
//   - Servers drain between trials: all sessions are closed, and a pause follows.
package capacity
