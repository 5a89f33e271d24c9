// Package machine measures what this process and its machine use: processor time, the
// most memory, and the cores that nobody uses.
package machine
