// Package check looks at a server before it is loaded.
//
// A [Walk] is one session, step by step: resolve, connect, TLS, banner, EHLO, STARTTLS,
// AUTH, MAIL, RCPT, RSET and QUIT. It never sends DATA, so no mail comes of it. It is
// made of what the load is made of: the same targets and checks of them, the same
// client, credentials, envelopes and TLS configuration.
//
// # The probe
//
// [Probe] makes one walk for each flow of a plan, before any load. What keeps a flow
// from working at all is a [Fault] that says what was tried, what came back, what that
// most likely means and what to type. A fault that may pass by itself, such as a 451,
// does not end the run.
//
// # What holds
//
//   - A login is tried once. If a server refuses it, no other flow tries that account at
//     that host: a second failure may be the one that gets the client banned.
//   - A fault that is certain is found at once. For a server that is slow, a walk waits
//     as long as its flow would, but never longer than [Patience].
//   - Nothing is connected to that the load could not connect to (see
//     loadgen.Plan.LookUp).
//   - No text has a secret of the plan in it, and each is printable.
package check
