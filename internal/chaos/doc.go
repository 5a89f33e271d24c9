// Package chaos runs the engine against a server that misbehaves, and checks that the
// program keeps its promises. It has tests only:
//
//   - A kind is one thing that a server can do wrong. A fault is a kind with its place
//     in a session. A plan has the faults of one session, and what EHLO offers. Plans
//     are drawn from a seed, and are printed as what they do.
//   - A server follows one plan in each session. It counts the messages that it took for
//     certain, and those to which it may have said yes.
//   - A trial is a scenario drawn from a seed. It runs against such a server as the
//     command runs it: from YAML to the run file and every format of results.
//   - The checks are the promises. A trial ends. Its sums are right. Its counts agree
//     with those of the server. Its file reads back as the same figures. Nothing that was
//     written has a secret in it.
//
// A seed makes one trial. Its low part goes through all combinations of TLS, LMTP, BDAT,
// pipelining and SASL mechanism; the rest is drawn from it. go test takes the same few seeds
// each time. make chaos begins with a new seed, and goes on for a given time. A trial that
// fails prints its seed, its plans and how to run it again.
package chaos
