// Command soaked is a server to soak: steady, or one that leaks and gets slower.
//
//	go run ./bench/internal/soaked -listen 127.0.0.1:2525 -leak 1048576 -slowing 0.1
//
// It prints how many messages it took, once a minute and when it is told to end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "soaked:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("soaked", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:2525", "listen at `ADDR:PORT`")
	service := flags.Duration("service", 5*time.Millisecond, "a message takes so long on average, and as long again at least")
	slowing := flags.Float64("slowing", 0, "after an hour it takes longer by this `SHARE`")
	leak := flags.Int("leak", 0, "leak so many `OCTETS` a minute")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ageing := &labserver.Ageing{Service: *service, Least: *service, Slowing: *slowing}
	if *leak > 0 {
		ageing.LeakSize, ageing.Every = *leak/60, time.Second
	}
	s, err := labserver.Start(labserver.Config{Address: *listen, Delay: ageing.Delay})
	if err != nil {
		return err
	}
	defer s.Close()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for ended := false; !ended; {
		select {
		case <-minute.C:
		case <-ctx.Done():
			ended = true
		}
		c := s.Counts()
		fmt.Fprintf(out, "%s messages %d connections %d octets %d\n", time.Now().UTC().Format(time.RFC3339), c.Messages, c.Connections, c.Bytes)
	}
	return nil
}
