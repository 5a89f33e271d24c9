//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
)

// The ring that the kernel writes packets into. Two cores fill 128 MiB in some seconds, so the
// capture may fall behind for a while.
const (
	blockSize  = 1 << 20
	blocks     = 128
	frameSize  = 1 << 11 // must divide a block, but does not bound a packet
	retireTime = 20      // milliseconds after which the kernel gives out a block that is not full
)

// A ring is a packet socket on the loopback device that shares memory with the kernel
// (packet_mmap, TPACKET_V3). A packet costs no system call, so the capture disturbs little of
// what it observes.
type ring struct {
	fd     int
	memory []byte
	next   int // the block to read next
}

// openRing begins to capture the packets that a filter keeps. It needs root.
func openRing(program []unix.SockFilter) (*ring, error) {
	// The socket has no protocol, so it captures nothing until bind. The filter is set
	// before that.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket (this needs root): %w", err)
	}
	r := &ring{fd: fd}
	if err := r.setUp(program); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return r, nil
}

func (r *ring) setUp(program []unix.SockFilter) error {
	if err := attach(r.fd, program); err != nil {
		return err
	}
	// The kernel stamps packets when they pass only if somebody asks for it. Otherwise
	// it stamps them when it copies them into the ring.
	if err := unix.SetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("packet timestamps: %w", err)
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("packet ring version: %w", err)
	}
	err := unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{
		Block_size: blockSize, Block_nr: blocks,
		Frame_size: frameSize, Frame_nr: blockSize / frameSize * blocks,
		Retire_blk_tov: retireTime,
	})
	if err != nil {
		return fmt.Errorf("packet ring: %w", err)
	}
	r.memory, err = unix.Mmap(r.fd, 0, blockSize*blocks, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("packet ring memory: %w", err)
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	// Packets that leave are shown only to those who ask for every protocol.
	const every = unix.ETH_P_ALL<<8 | unix.ETH_P_ALL>>8 // in network order
	return unix.Bind(r.fd, &unix.SockaddrLinklayer{Protocol: every & 0xffff, Ifindex: lo.Index})
}

func attach(fd int, program []unix.SockFilter) error {
	err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
	if err != nil {
		return fmt.Errorf("packet filter: %w", err)
	}
	return nil
}

// read calls emit for the packets of the blocks that are ready, in the order of their times, and
// returns how many blocks there were.
func (r *ring) read(emit func(at wire.Time, frame []byte, length int) error) (int, error) {
	for n := 0; ; n++ {
		block := r.memory[r.next*blockSize:][:blockSize]
		// After the version and the offset of private data (tpacket_block_desc).
		header := (*unix.TpacketHdrV1)(unsafe.Pointer(&block[8]))
		if atomic.LoadUint32(&header.Block_status)&unix.TP_STATUS_USER == 0 {
			return n, nil
		}
		off := header.Offset_to_first_pkt
		for range header.Num_pkts {
			p := (*unix.Tpacket3Hdr)(unsafe.Pointer(&block[off]))
			at := wire.Time(p.Sec)*1e9 + wire.Time(p.Nsec)
			if err := emit(at, block[off+uint32(p.Mac):][:p.Snaplen], int(p.Len)); err != nil {
				return n, err
			}
			off += p.Next_offset
		}
		atomic.StoreUint32(&header.Block_status, unix.TP_STATUS_KERNEL)
		r.next = (r.next + 1) % blocks
	}
}

// wait waits until a block is ready, at most for the timeout.
func (r *ring) wait(timeout time.Duration) error {
	_, err := unix.Poll([]unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}}, int(timeout.Milliseconds()))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("packet ring: %w", err)
	}
	return nil
}

func (r *ring) close() error {
	return errors.Join(unix.Munmap(r.memory), unix.Close(r.fd))
}

// stats returns how many packets passed the filter, and for how many of them the ring had no
// room.
func (r *ring) stats() (packets, drops uint32, err error) {
	s, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, 0, fmt.Errorf("packet statistics: %w", err)
	}
	return s.Packets, s.Drops, nil
}
