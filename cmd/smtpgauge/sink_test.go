package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
)

// The sink prints where it listens, accepts mail from a client that trusts its
// authority and knows the password, and prints its counts when it ends.
func TestSinkCommand(t *testing.T) {
	t.Setenv(sinkPassword, "hush-hush")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stderr, messages := io.Pipe()
	var stdout strings.Builder
	code := make(chan int)
	go func() {
		defer messages.Close()
		code <- run(ctx, []string{
			"sink", "--listen", "127.0.0.1:0,starttls", "--listen", "127.0.0.1:0,none",
			"--user", "bench@example.test", "--ca-out", ca, "--hostname", "mx.example.test",
		}, strings.NewReader(""), &stdout, messages)
	}()
	lines := bufio.NewScanner(stderr)
	var addresses []string
	for len(addresses) < 2 && lines.Scan() {
		words := strings.Fields(lines.Text()) // listening on ADDRESS MODE
		if len(words) != 4 || words[0] != "listening" {
			t.Fatalf("the sink printed %q", lines.Text())
		}
		addresses = append(addresses, words[2])
	}

	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", pem)
	}
	c, err := smtp.DialStartTLS(addresses[0], &tls.Config{RootCAs: pool, ServerName: "mx.example.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "bench@example.test", "hush-hush")); err != nil {
		t.Fatal(err)
	}
	if err := c.SendMail("a@example.test", []string{"b@example.test"}, strings.NewReader("hello\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}

	cancel()
	if got := <-code; got != exitOK {
		t.Errorf("exit %d, want 0", got)
	}
	want := addresses[0] + " starttls: connections 1 (tls 1, errors 0), auth 1 (rejected 0), messages 1 (rejected 0, aborted 0), recipients 1, octets 7\n" +
		addresses[1] + " none: connections 0 (tls 0, errors 0), auth 0 (rejected 0), messages 0 (rejected 0, aborted 0), recipients 0, octets 0\n" +
		"total: connections 1 (tls 1, errors 0), auth 1 (rejected 0), messages 1 (rejected 0, aborted 0), recipients 1, octets 7\n"
	if stdout.String() != want {
		t.Errorf("stdout\n%s\nwant\n%s", stdout.String(), want)
	}
}

// A name given by mistake must not cost a scenario or a key.
func TestAuthorityIsWrittenOverCertificatesAlone(t *testing.T) {
	certificate := []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	for name, tt := range map[string]struct {
		held    string
		refused bool
	}{
		"nothing":      {},
		"certificates": {held: string(certificate) + string(certificate)},
		"a scenario":   {held: "name: x\n", refused: true},
		"a key":        {held: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", refused: true},
		"both":         {held: string(certificate) + "name: x\n", refused: true},
	} {
		file := filepath.Join(t.TempDir(), "ca.pem")
		if tt.held != "" {
			if err := os.WriteFile(file, []byte(tt.held), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := writeAuthority(file, certificate)
		if held, _ := os.ReadFile(file); (err != nil) != tt.refused || tt.refused != (string(held) != string(certificate)) {
			t.Errorf("%s: %v, and the file holds %q", name, err, held)
		}
	}
}

func TestSinkProcessIsNotForPeople(t *testing.T) {
	t.Cleanup(func() { signal.Reset(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) }) // this process goes on as a test
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{sinkprocess.Command}, strings.NewReader(""), &stdout, &stderr); code != exitFailed {
		t.Errorf("exit %d, want %d", code, exitFailed)
	}
	if !strings.Contains(stderr.String(), "started by the run") {
		t.Errorf("stderr: %q", stderr.String())
	}
}
