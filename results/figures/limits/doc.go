// Package limits finds what most likely limits a server, by what it does to the times and
// the replies of a run: each cause known here leaves a mark that few other things leave.
// A server without any has no findings.
//
// Every mark needs several samples, and needs to stand out from what is around it. So a
// server that is slow in no particular way has no findings either.
package limits
