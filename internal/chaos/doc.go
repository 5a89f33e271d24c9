// Package chaos runs the engine against a server that misbehaves, and holds
// what comes out to what the program promises.
//
// It is made of tests alone:
//
//   - a kind is one thing that a server can do wrong; a fault is a kind with
//     its place in a session; a plan is the faults of one session, with what
//     EHLO offers. Plans are data drawn from a seed, and print as what they do
//   - a server goes through a plan a session, and counts what it surely took
//     and what it can have said yes to
//   - a trial is a scenario drawn from a seed, run against such a server the way
//     the command runs it: from YAML to the run file and every format of results
//   - the checks hold a trial to its promises: it ends; its sums are right; what
//     it counts agrees with what the server counted; its file reads back as the
//     same figures; and no secret stands in anything that was written
//
// A seed is a trial: the low part of it goes through all combinations of TLS,
// LMTP, BDAT, pipelining and SASL mechanism, and the rest is drawn from it. go
// test takes the same few seeds each time; make chaos goes on for as long as
// it is told, from a seed of its own. A trial that fails prints its seed, its
// plans and how to run it again.
package chaos
