// Package mail makes envelopes and messages, and renders them before they are needed.
//
// # The way through
//
// [Options] say what mail a flow sends: addresses as a [Pattern], and either
// synthetic messages of a [Size] or messages that [ReadFiles] has read. [New] makes
// the [Source], and [Source.Render] writes message after message into a
// smtpwire.Transaction.
//
// New renders once what all messages have in common: a long text of which each takes
// a part, attachments, and files with their dots doubled. When a message is due, its
// addresses and its header are all that is left to write. They go into the memory
// that the transaction has from an earlier message.
//
// # What holds
//
//   - The same seed, number and date give the same message, in whatever order
//     messages are rendered.
//   - A synthetic message has exactly the size drawn for it.
//   - Each line ends in CRLF and none has a NUL. Synthetic messages are valid mail
//     (RFC 5322); of messages from files their writers have to see to that.
//   - Render allocates nothing once the transaction has its memory.
package mail
