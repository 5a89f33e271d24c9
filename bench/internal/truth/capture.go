//go:build linux

package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
)

// capture is the process that records. It writes the segments of a port into a pcap file until
// its stdin ends. It prints "capturing" when it has begun, and at the end how many packets it
// kept and how many it lost. A capture with losses fails, because the lost packets may matter.
func capture(args []string, stdin io.Reader, stdout io.Writer) (failure error) {
	flags := flag.NewFlagSet("capture", flag.ContinueOnError)
	port := flags.Uint("port", 0, "the server's port")
	path := flags.String("o", "", "the pcap file to write")
	snap := flags.Uint("snap", 4096, "bytes of a packet to keep")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *port == 0 || *port > 65535 || *path == "" {
		return errors.New("capture needs -port and -o")
	}
	file, err := os.Create(*path)
	if err != nil {
		return err
	}
	defer func() { failure = errors.Join(failure, file.Close()) }()
	r, err := openRing(filter(uint16(*port), uint32(*snap)))
	if err != nil {
		return err
	}
	defer func() { failure = errors.Join(failure, r.close()) }()
	fmt.Fprintln(stdout, "capturing")
	kept, err := r.writeTo(file, ended(stdin))
	if err != nil {
		return err
	}
	packets, drops, err := r.stats()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "packets=%d drops=%d\n", kept, drops)
	if drops > 0 {
		return fmt.Errorf("%d of %d packets were lost: the capture is refused", drops, packets)
	}
	return nil
}

// ended returns a value that becomes true when stdin ends.
func ended(stdin io.Reader) *atomic.Bool {
	var stop atomic.Bool
	go func() {
		io.Copy(io.Discard, stdin) // an error is an end as well
		stop.Store(true)
	}()
	return &stop
}

// writeTo writes the captured packets into a pcap file, until stop is true and the ring is
// empty. It returns how many packets there were.
func (r *ring) writeTo(file io.Writer, stop *atomic.Bool) (kept int, err error) {
	buffer := bufio.NewWriterSize(file, 1<<20)
	out, err := wire.NewWriter(buffer)
	if err != nil {
		return 0, err
	}
	emit := func(at wire.Time, frame []byte, length int) error {
		kept++
		return out.Write(at, frame, length)
	}
	for ending := false; ; {
		n, err := r.read(emit)
		if err != nil {
			return kept, err
		}
		if ending && n == 0 {
			return kept, buffer.Flush()
		}
		// When it has to stop, it gets what is in the ring within the retire
		// time.
		ending = stop.Load()
		if err := r.wait(5 * retireTime * time.Millisecond); err != nil {
			return kept, err
		}
	}
}
