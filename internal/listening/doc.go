// Package listening holds what all servers of a run under way have in common. They take
// little from the process that measures: few connections, and requests without a body.
// They are for this machine, unless the user gives an address.
package listening
