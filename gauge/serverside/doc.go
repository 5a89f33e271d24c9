// Package serverside looks at the processes of a server on this machine, while that is
// loaded: the CPU time they take, their memory, descriptors, bytes written and context
// switches, and what the kernel does with connections that the server is slow to accept.
//
// A server is named by its processes, each with all of its descendants, or by a control
// group of version 2. Processes that come and go between two looks are counted too: their
// parent waits for them, and the kernel adds their CPU time and their writes to its own.
// What is missed is the last part, after the last look, of a process that nobody in the
// server waits for. A control group misses nothing.
//
// What is not on this machine, or what no process says of itself, a Prometheus server may
// know: it is asked for numbers by queries.
package serverside
