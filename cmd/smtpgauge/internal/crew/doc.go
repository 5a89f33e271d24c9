// Package crew gathers the agents that the command line asks for, and has them carry out
// jobs in place of this process.
package crew
