package sinkprocess

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// TestMain lets the tests start their own program as a sink, and as a run that is
// killed.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 2 && os.Args[1] == Command:
		signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		if err := Serve(os.Stdin, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case os.Args[0] == "sinkparent":
		sinkParent()
	default:
		os.Exit(m.Run())
	}
}

// sinkParent starts a sink, prints its address and waits to be killed.
func sinkParent() {
	sink, err := startSink(context.Background(), gauge.SinkOrder{Listeners: twoListeners()}, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(sink.Addresses()[0])
	select {}
}

// startSink starts a sink that may open as many files as the test.
func startSink(ctx context.Context, order gauge.SinkOrder, stderr io.Writer) (gauge.SinkServer, error) {
	return Sinks{Stderr: stderr}.Start(ctx, order)
}

func twoListeners() []smtpsink.Listener {
	return []smtpsink.Listener{{Address: "127.0.0.1:0"}, {Address: "127.0.0.1:0", TLS: sample.TLSImplicit}}
}

func TestSinkProcessTakesMailAndCounts(t *testing.T) {
	var stderr bytes.Buffer
	sink, err := startSink(t.Context(), gauge.SinkOrder{Listeners: twoListeners(), Accounts: []smtpsink.Account{{Username: "u", Password: "secret"}}}, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(sink.CA())
	c, err := smtp.DialTLS(sink.Addresses()[1], &tls.Config{RootCAs: pool, ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SendMail("a@example.test", []string{"b@example.test"}, strings.NewReader("hello\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}
	counts, err := sink.Stop()
	if err != nil {
		t.Fatal(err)
	}
	if want := (smtpsink.Counts{Connections: 1, TLS: 1, Messages: 1, Recipients: 1, Octets: 7}); counts != want {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr: %s", stderr.String())
	}
}

func TestSinkThatCannotListenSaysWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = startSink(t.Context(), gauge.SinkOrder{Listeners: []smtpsink.Listener{{Address: taken.Addr().String()}}}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("startSink on a taken port: %v; want the reason", err)
	}
}

func TestSinkOutlivesTheContextItWasStartedWith(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sink, err := startSink(ctx, gauge.SinkOrder{Listeners: twoListeners()}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	c, err := smtp.Dial(sink.Addresses()[0])
	if err != nil {
		t.Fatalf("the sink is gone before the run has drained: %v", err)
	}
	if err := c.Quit(); err != nil {
		t.Error(err)
	}
	if _, err := sink.Stop(); err != nil {
		t.Error(err)
	}
}

// The sink ends with the run, even if that ends by kill -9.
func TestSinkDiesWithItsParent(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(path)
	parent.Args[0] = "sinkparent"
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// The connection ends when the sink does; while it lives this blocks.
	if _, err := r.ReadByte(); err == nil {
		t.Error("the sink said something")
	}
	if err := parent.Wait(); err == nil {
		t.Error("the parent was not killed")
	}
}

func TestFewLinesStops(t *testing.T) {
	var out bytes.Buffer
	logf := FewLines(&out)
	for range 1000 {
		logf("%v", errors.New("broken"))
	}
	if n := strings.Count(out.String(), "\n"); n != 11 {
		t.Errorf("%d lines, want 10 and one that says no more come", n)
	}
}
