package uring

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Ring is one instance. The thread that made it is the only one that may use it.
type Ring struct {
	fd      int
	memory  []byte // of both queues
	entries []byte // of the submissions

	sqHead, sqTail *uint32
	sqes           []submission
	sqMask         uint32
	submitted      uint32 // tail of what the kernel was told of

	cqHead, cqTail *uint32
	cqes           []Completion
	cqMask         uint32

	buffers
	message unix.Msghdr // says how much room a stamp needs
	wait    waitArg
	timeout unix.Timespec
}

// A submission asks the kernel for something: struct io_uring_sqe.
type submission struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	off, addr     uint64
	len, opFlags  uint32
	userData      uint64
	bufGroup      uint16
	_             uint16
	_             int32
	_             [2]uint64
}

// A Completion says what a submission came to, and may do so many times: struct
// io_uring_cqe.
type Completion struct {
	User  uint64 // as the submission has it
	Res   int32  // how many bytes, or a negative error number
	flags uint32
}

// GoesOn tells whether there will be more completions of the submission.
func (c *Completion) GoesOn() bool { return c.flags&completionMore != 0 }

// Buffer returns which buffer the completion has filled, if any.
func (c *Completion) Buffer() (uint16, bool) {
	return uint16(c.flags >> 16), c.flags&completionBuffer != 0
}

// Of include/uapi/linux/io_uring.h.
const (
	setupCQSize       = 1 << 3
	setupSubmitAll    = 1 << 7
	setupSingleIssuer = 1 << 12
	setupDeferTaskrun = 1 << 13
	featSingleMmap    = 1 << 0
	offSQEs           = 0x10000000

	enterGetEvents = 1 << 0
	enterExtArg    = 1 << 3

	opNop     = 0
	opPollAdd = 6
	opRecvmsg = 10

	pollMulti     = 1 << 0
	recvMultishot = 1 << 1
	bufferSelect  = 1 << 5

	completionBuffer = 1 << 0
	completionMore   = 1 << 1

	registerBufferRing = 22
)

// ringParams is struct io_uring_params.
type ringParams struct {
	sqEntries, cqEntries, flags, _, _, features, _ uint32

	_  [3]uint32
	sq struct {
		head, tail, mask, _, _, _, array, _ uint32
		_                                   uint64
	}
	cq struct {
		head, tail, mask, _, _, cqes, _, _ uint32
		_                                  uint64
	}
}

// waitArg is struct io_uring_getevents_arg.
type waitArg struct {
	_  uint64
	_  [2]uint32
	ts uint64
}

// Withdrawn is the user of what was withdrawn.
const Withdrawn = 1

const (
	ringEntries     = 256  // submissions that wait
	ringCompletions = 4096 // the kernel keeps more by itself
)

// New makes a ring, if the machine permits it.
func New() (*Ring, error) {
	p := ringParams{flags: setupCQSize | setupSubmitAll | setupSingleIssuer | setupDeferTaskrun, cqEntries: ringCompletions}
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, ringEntries, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return nil, fmt.Errorf("io_uring: %w", errno)
	}
	r := &Ring{fd: int(fd)}
	if err := r.share(&p); err != nil {
		r.Close()
		return nil, fmt.Errorf("io_uring: %w", err)
	}
	r.message.SetControllen(stampRoom)
	r.wait.ts = uint64(uintptr(unsafe.Pointer(&r.timeout)))
	return r, nil
}

// share maps the queues that the ring and the kernel have in common.
func (r *Ring) share(p *ringParams) error {
	if p.features&featSingleMmap == 0 {
		return unix.ENOSYS
	}
	size := max(p.sq.array+4*p.sqEntries, p.cq.cqes+p.cqEntries*uint32(unsafe.Sizeof(Completion{})))
	var err error
	if r.memory, err = unix.Mmap(r.fd, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		return err
	}
	size = p.sqEntries * uint32(unsafe.Sizeof(submission{}))
	if r.entries, err = unix.Mmap(r.fd, offSQEs, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		return err
	}
	at := func(offset uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.memory[offset])) }
	r.sqHead, r.sqTail, r.sqMask = at(p.sq.head), at(p.sq.tail), *at(p.sq.mask)
	r.cqHead, r.cqTail, r.cqMask = at(p.cq.head), at(p.cq.tail), *at(p.cq.mask)
	r.sqes = unsafe.Slice((*submission)(unsafe.Pointer(&r.entries[0])), p.sqEntries)
	r.cqes = unsafe.Slice((*Completion)(unsafe.Pointer(&r.memory[p.cq.cqes])), p.cqEntries)
	for i, order := uint32(0), unsafe.Slice(at(p.sq.array), p.sqEntries); i < p.sqEntries; i++ {
		order[i] = i
	}
	r.submitted = *r.sqTail
	return r.register(r.fd)
}

// Receive has the kernel read from a socket until its end. user comes with every
// completion. It returns the submission's place.
func (r *Ring) Receive(fd int, user uint64) uint32 {
	*r.next() = submission{opcode: opRecvmsg, fd: int32(fd), ioprio: recvMultishot, flags: bufferSelect,
		addr: uint64(uintptr(unsafe.Pointer(&r.message))), len: 1, userData: user}
	return r.submitted - 1
}

// Withdraw takes a submission back, and tells whether it could: the kernel may know of it.
// What it says of one that was taken back is of no connection.
func (r *Ring) Withdraw(place uint32) bool {
	if int32(place-atomic.LoadUint32(r.sqHead)) < 0 {
		return false
	}
	r.sqes[place&r.sqMask] = submission{opcode: opNop, userData: Withdrawn}
	return true
}

// Watch has the kernel say whenever there is something to read.
func (r *Ring) Watch(fd int, user uint64) {
	*r.next() = submission{opcode: opPollAdd, fd: int32(fd), len: pollMulti, opFlags: unix.POLLIN, userData: user}
}

// next takes the next place of a submission. The kernel hears of it at the next wait.
func (r *Ring) next() *submission {
	for r.submitted-atomic.LoadUint32(r.sqHead) == uint32(len(r.sqes)) {
		r.submit() // makes room
	}
	s := &r.sqes[r.submitted&r.sqMask]
	r.submitted++
	return s
}

// submit hands over what was submitted, and looks for no completions of what was handed over
// before: a handler that dials has enough of its own.
func (r *Ring) submit() {
	_, _, _ = syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(r.hand()), 0, 0, 0, 0)
}

// Enter hands over what was submitted, and waits for a completion, at most for d. If it
// releases, Go's scheduler has the processor meanwhile.
func (r *Ring) Enter(d time.Duration, releases bool) syscall.Errno {
	r.timeout = unix.NsecToTimespec(max(0, int64(d)))
	call, least := syscall.RawSyscall6, uintptr(1)
	if releases {
		call = syscall.Syscall6
	}
	if d <= 0 {
		least = 0
	}
	_, _, errno := call(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(r.hand()), least,
		enterGetEvents|enterExtArg, uintptr(unsafe.Pointer(&r.wait)), unsafe.Sizeof(r.wait))
	return errno
}

// hand makes the submissions visible to the kernel, and returns how many they are.
func (r *Ring) hand() uint32 {
	atomic.StoreUint32(r.sqTail, r.submitted)
	return r.submitted - atomic.LoadUint32(r.sqHead)
}

// First returns the first completion; nil if there is none.
func (r *Ring) First() *Completion {
	head := *r.cqHead
	if head == atomic.LoadUint32(r.cqTail) {
		return nil
	}
	return &r.cqes[head&r.cqMask]
}

// Took frees the place of the first completion.
func (r *Ring) Took() { atomic.StoreUint32(r.cqHead, *r.cqHead+1) }

// Close ends the ring.
func (r *Ring) Close() {
	_ = unix.Close(r.fd)
	for _, m := range [][]byte{r.memory, r.entries, r.buffers.memory} {
		if m != nil {
			_ = unix.Munmap(m)
		}
	}
}
