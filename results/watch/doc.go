// Package watch serves a page that shows a run while it goes on, in a browser on this
// machine.
//
//	server, err := watch.Serve("127.0.0.1:8089", "nightly")
//	server.Begin(plan)                   // before each run
//	server.Observe(standing, progress)   // after each second
//	server.Finish(watch.End{Conclusion: conclusion, Page: page})
//	server.Close()
//
// The page gets the course so far when it connects, then an event a second, and at the
// end the verdict and the finished page in one event: it needs no server after that.
//
// # What holds
//
//   - The machine has a load to make. So there are few connections, few of them watch,
//     the course is bounded, and a browser that is slow to read is dropped.
//   - A page of another site cannot read it: a request has to name the server by an
//     address, localhost, or the name that the user gave, which keeps out DNS rebinding.
//   - No secret is on it: it has what the live display has, and what the finished page
//     has.
package watch
