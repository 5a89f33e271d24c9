//go:build linux

package main

import "golang.org/x/sys/unix"

// Where the kernel keeps what is not in the packet (linux/filter.h).
const (
	ancillary   = 0xfffff000 // SKF_AD_OFF, -0x1000
	packetType  = ancillary + 4
	flagsOfEnds = 0x07 // FIN, SYN, RST
)

// filter returns a classic BPF program for the loopback device. It keeps the segments of a
// server's port that have a payload, or SYN, FIN or RST. Half of all segments are bare
// acknowledgements, which nothing here needs.
//
// The device shows each segment twice, when it leaves and when it arrives. The program keeps
// segments to the server when they leave, and segments from the server when they arrive, because
// the client's view is checked. Offsets are those of an Ethernet header and IPv4 after it, as
// wire.Parse reads them. A frame is cut after snap bytes.
func filter(port uint16, snap uint32) []unix.SockFilter {
	const (
		load      = unix.BPF_LD | unix.BPF_ABS
		loadAtX   = unix.BPF_LD | unix.BPF_IND
		jumpEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		jumpSet   = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		jumpMoreX = unix.BPF_JMP | unix.BPF_JGT | unix.BPF_X
	)
	return []unix.SockFilter{
		0:  {Code: load | unix.BPF_H, K: 12},
		1:  {Code: jumpEqual, K: unix.ETH_P_IP, Jf: 23},
		2:  {Code: load | unix.BPF_B, K: 23},
		3:  {Code: jumpEqual, K: unix.IPPROTO_TCP, Jf: 21},
		4:  {Code: load | unix.BPF_H, K: 20},
		5:  {Code: jumpSet, K: 0x1fff, Jt: 19}, // a later fragment
		6:  {Code: unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, K: 14},
		7:  {Code: loadAtX | unix.BPF_H, K: 16},
		8:  {Code: jumpEqual, K: uint32(port), Jt: 2}, // to the server
		9:  {Code: loadAtX | unix.BPF_H, K: 14},
		10: {Code: jumpEqual, K: uint32(port), Jt: 2, Jf: 14}, // from it
		11: {Code: load | unix.BPF_W, K: packetType},
		12: {Code: jumpEqual, K: unix.PACKET_OUTGOING, Jt: 2, Jf: 12},
		13: {Code: load | unix.BPF_W, K: packetType},
		14: {Code: jumpEqual, K: unix.PACKET_OUTGOING, Jt: 10},
		15: {Code: loadAtX | unix.BPF_B, K: 27},
		16: {Code: jumpSet, K: flagsOfEnds, Jt: 7},
		17: {Code: loadAtX | unix.BPF_B, K: 26},
		18: {Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0xf0},
		19: {Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_K, K: 2},
		20: {Code: unix.BPF_ALU | unix.BPF_ADD | unix.BPF_X}, // both headers
		21: {Code: unix.BPF_MISC | unix.BPF_TAX},
		22: {Code: load | unix.BPF_H, K: 16},
		23: {Code: jumpMoreX, Jf: 1},
		24: {Code: unix.BPF_RET | unix.BPF_K, K: snap},
		25: {Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
}
