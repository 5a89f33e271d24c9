// Package sinkprocess runs the built-in server in a process of its own, so that
// it does not share the generator's scheduler and garbage collector.
//
// [Sinks] is the parent's side, for gauge.Options.Sink. [Serve] is the child's:
// the command calls it for the hidden subcommand [Command].
package sinkprocess
