// Package machine says what this process and its machine are at: processor time,
// the most memory, and the cores that nobody uses.
package machine
