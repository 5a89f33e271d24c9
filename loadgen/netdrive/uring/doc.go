// Package uring reads many sockets by io_uring (io_uring(7)). The kernel reads from them as
// soon as something arrives, into buffers that it is given, with the stamps. So one system
// call waits for all of them and reads what they have, where epoll takes one to wait and one
// for each read.
//
// It needs Linux 6.1, and a machine that permits it: many containers do not.
package uring
