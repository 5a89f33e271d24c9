// Limited is an SMTP server whose capacity is known, to prove smtpgauge capacity with:
//
//	go run ./bench/internal/limited -listen 127.39.0.1:30025 -rate 700 &
//	smtpgauge quick 127.39.0.1:30025 --tls none --capacity --slo 'message.response.p99 < 250ms'
//
// It has one queue. By default each message takes as long as any other.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`ADDR:PORT` to listen on")
	rate := flag.Float64("rate", 700, "messages a second")
	exponential := flag.Bool("exponential", false, "service times are exponential")
	cliff := flag.Duration("cliff", 0, "run at half the speed once so much work waits, until there is none; 0 never does")
	flag.Parse()
	if err := serve(*listen, *rate, *exponential, *cliff); err != nil {
		fmt.Fprintln(os.Stderr, "limited:", err)
		os.Exit(1)
	}
}

func serve(listen string, rate float64, exponential bool, cliff time.Duration) error {
	var over atomic.Bool
	q := &labserver.Queue{Service: func(waiting time.Duration) time.Duration {
		d := 1 / rate
		if exponential {
			d *= rand.ExpFloat64()
		}
		switch {
		case cliff > 0 && waiting > cliff:
			over.Store(true)
		case waiting <= 0:
			over.Store(false)
		}
		if over.Load() {
			d *= 2
		}
		return time.Duration(d * float64(time.Second))
	}}
	s, err := labserver.Start(labserver.Config{Address: listen, Delay: q.Delay})
	if err != nil {
		return err
	}
	fmt.Println(s.Addr())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
	return s.Close()
}
