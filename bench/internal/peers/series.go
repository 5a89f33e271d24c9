//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A series has the results of the rounds of one case on one server.
type series struct {
	runs   map[client][]usage // one for each round
	alone  map[client][]usage // the same with a single session, for the memory
	failed map[client]error   // the first failure; a client that has one has no figures
	doubts map[string]int     // reasons for which smtpgauge called its runs invalid
	rounds int
}

func newSeries() *series {
	return &series{
		runs: map[client][]usage{}, alone: map[client][]usage{},
		failed: map[client]error{}, doubts: map[string]int{},
	}
}

// manySessions is from which number on the memory of each session is measured.
const manySessions = 1000

// round runs every client once. Each round begins with another client, so that none always comes
// after the same one.
func (b *bench) round(ctx context.Context, t trial, on server, s *series, limit time.Duration) error {
	first := s.rounds % len(t.clients)
	s.rounds++
	for _, c := range slices.Concat(t.clients[first:], t.clients[:first]) {
		if s.failed[c] != nil {
			continue
		}
		u, err := b.run(ctx, c, t.work, on, s, limit)
		if err == nil && t.work.sessions >= manySessions {
			var one usage
			one, err = b.run(ctx, c, t.work.alone(), on, s, limit)
			s.alone[c] = append(s.alone[c], one)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.failed[c] = err
			continue
		}
		s.runs[c] = append(s.runs[c], u)
	}
	return nil
}

// run runs one client against a new server, and compares what the client says with what the server
// counted.
func (b *bench) run(ctx context.Context, c client, w work, on server, s *series, limit time.Duration) (usage, error) {
	if c == oursPlain {
		w.security = plain
	}
	loaded, err := b.serve(ctx, on, w)
	if err != nil {
		return usage{}, err
	}
	argv, err := b.command(c, w, loaded)
	if err != nil {
		return usage{}, errors.Join(err, loaded.Close())
	}
	u, out, err := measure(ctx, limit, argv)
	seen, stopped := loaded.Stop()
	if c.shards() > 0 {
		err = s.judged(out, err)
	}
	if err = errors.Join(err, stopped); err != nil {
		return u, err
	}
	u.done = int64(w.messages)
	if w.idle {
		u.done = int64(w.sessions)
	}
	switch c {
	case openSSL:
		if u.done, err = connections(out); err != nil {
			return u, err
		}
		return u, handshakes(w, seen)
	case dialOnly:
		return u, nil
	}
	if w.reconnect && w.security != plain {
		if err := handshakes(w, seen); err != nil {
			return u, err
		}
	}
	if w.proof > 0 && seen.Proved != seen.Connections {
		return u, fmt.Errorf("of %d connections %d proved the password", seen.Connections, seen.Proved)
	}
	return u, agree(w, u.done, seen)
}

// agree returns an error if the work was not done.
func agree(w work, done int64, seen harness.Counts) error {
	switch {
	case seen.Messages != done:
		return fmt.Errorf("the server took %d messages, not %d", seen.Messages, done)
	case seen.Quits != seen.Connections && !w.idle:
		return fmt.Errorf("of %d connections %d ended with QUIT", seen.Connections, seen.Quits)
	case seen.Errors != 0:
		return fmt.Errorf("the server counted %d errors", seen.Errors)
	}
	// All clients have to send the same number of bytes, except for their headers.
	if a := float64(seen.Bytes) / float64(done*int64(w.size)); seen.Bytes >= 0 && (a < .95 || a > 1.05) {
		return fmt.Errorf("%d bytes a message, not %d", seen.Bytes/done, w.size)
	}
	return nil
}

// handshakes returns an error if the handshakes were of another kind than the work's. The first
// handshakes have nothing to resume.
func handshakes(w work, seen harness.Counts) error {
	if w.security == fullTLS && seen.Resumed > 0 {
		return fmt.Errorf("%d of %d handshakes were resumed, and should be full", seen.Resumed, seen.Handshakes)
	}
	if w.security == resumeTLS && seen.Resumed < seen.Handshakes-int64(2*w.sessions) {
		return fmt.Errorf("%d of %d handshakes were full, and should be resumed", seen.Handshakes-seen.Resumed, seen.Handshakes)
	}
	return nil
}

// judged separates smtpgauge's verdict from its failures. A run that loads both cores fully is
// often called invalid, and the exit code says so. What the run took counts all the same.
func (s *series) judged(out string, failure error) error {
	var exit *exec.ExitError
	if failure != nil && (!errors.As(failure, &exit) || exit.ExitCode() != 1) {
		return failure
	}
	var result struct {
		Verdict struct {
			Valid             bool
			Failures, Reasons []json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil {
		return errors.Join(failure, fmt.Errorf("result of ours: %w", err))
	}
	if failure != nil && (result.Verdict.Valid || len(result.Verdict.Failures) > 0) {
		return failure
	}
	for _, r := range result.Verdict.Reasons {
		s.doubts[string(r)]++
	}
	return nil
}

// serve starts the server to load.
func (b *bench) serve(ctx context.Context, on server, w work) (*harness.Server, error) {
	switch {
	case on == epollSink:
		return b.Sink(ctx)
	case on == postfixSink:
		return b.PostfixSink(ctx)
	case w.security == plain:
		return b.Lab(labserver.Config{Iterations: w.proof})
	}
	return b.Lab(labserver.Config{Mode: sample.TLSImplicit})
}
