package uring

import (
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Buffers are the memory that a ring's kernel reads into. Each has a head, a stamp and
// then what arrived. A reply is mostly shorter than one, and a longer one comes in several.
type buffers struct {
	memory []byte // the list of the free ones, and then all of them
	free   []freeBuffer
	bytes  []byte
	tail   uint16 // of the list
}

// A freeBuffer is struct io_uring_buf. Of the first, the kernel reads the list's tail in
// place of what is not used.
type freeBuffer struct {
	addr   uint64
	len    uint32
	number [2]uint16
}

// Room is how many bytes the buffers of a ring have.
const Room = bufferCount * bufferSize

const (
	bufferCount = 512
	bufferSize  = 512
	listSize    = bufferCount * int(unsafe.Sizeof(freeBuffer{})) // whole pages
)

// stampRoom is how much a stamp needs among the control messages.
var stampRoom = unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{})))

// register gives the buffers to a ring.
func (b *buffers) register(ring int) (err error) {
	b.memory, err = unix.Mmap(-1, 0, listSize+bufferCount*bufferSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return os.NewSyscallError("mmap", err)
	}
	b.free = unsafe.Slice((*freeBuffer)(unsafe.Pointer(&b.memory[0])), bufferCount)
	b.bytes = b.memory[listSize:]
	for i := range uint16(bufferCount) {
		b.Put(i)
	}
	list := struct {
		addr         uint64
		entries      uint32
		group, flags uint16
		_            [3]uint64
	}{addr: uint64(uintptr(unsafe.Pointer(&b.memory[0]))), entries: bufferCount}
	_, _, errno := syscall.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(ring), registerBufferRing, uintptr(unsafe.Pointer(&list)), 1, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// Put frees a buffer.
func (b *buffers) Put(i uint16) {
	f := &b.free[b.tail%bufferCount]
	f.addr, f.len, f.number[0] = uint64(uintptr(unsafe.Pointer(&b.bytes[int(i)*bufferSize]))), bufferSize, i
	b.tail++
	// The kernel sees the tail after what stands before it.
	first := &b.free[0].number
	atomic.StoreUint32((*uint32)(unsafe.Pointer(first)), *(*uint32)(unsafe.Pointer(&[2]uint16{first[0], b.tail})))
}

// Arrived returns what a buffer has, of which the kernel filled n bytes, and the control
// messages that came with it.
func (b *buffers) Arrived(i uint16, n int) (p, control []byte) {
	buf := b.bytes[int(i)*bufferSize:][:min(n, bufferSize)]
	head := (*struct{ name, control, payload, flags uint32 })(unsafe.Pointer(&b.bytes[int(i)*bufferSize])) // io_uring_recvmsg_out
	from := int(unsafe.Sizeof(*head))
	if len(buf) < from+stampRoom {
		return nil, nil
	}
	return buf[from+stampRoom:], buf[from:][:min(int(head.control), stampRoom)]
}
