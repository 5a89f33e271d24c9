// Package live says how a run stands while it goes on: how far it is, in which round
// and stage, how much is offered and accepted, and what went wrong.
//
// [At] works that out of the plan and of what the collector reports once a second
// (record.Progress). It has no clock and keeps nothing, so a display, a log and a page
// say the same. A [Standing] belongs to its receiver and does not change any more.
package live
