//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// programs is a bench whose programs are only names.
func programs(t *testing.T) *bench {
	t.Helper()
	b := &bench{Bench: &harness.Bench{Dir: t.TempDir(), CA: "ca.pem"}, programs: map[client]string{}, header: 300}
	for _, c := range []client{ours, oursPlain, smtpSource, goSMTP, floor, openSSL, dialOnly} {
		b.programs[c] = "[" + string(c) + "]"
	}
	return b
}

func TestCommands(t *testing.T) {
	b := programs(t)
	on := &harness.Server{Addr: "127.0.0.1:2600", Port: "2600"}
	lockstep := work{sessions: 100, messages: 5000, size: 1024}
	with := func(change func(*work)) work {
		w := lockstep
		change(&w)
		return w
	}
	reconnect := with(func(w *work) { w.reconnect = true })
	pipelined := with(func(w *work) { w.pipelined = true })
	full := with(func(w *work) { w.reconnect, w.security = true, fullTLS })
	resumed := with(func(w *work) { w.reconnect, w.security = true, resumeTLS })
	for _, test := range []struct {
		client client
		work   work
		want   string
	}{
		{smtpSource, lockstep, "[smtp-source] -d -s 100 -m 5000 -l 724 -f bench@example.test -t bench@example.test -M source.example.test 127.0.0.1:2600"},
		{smtpSource, reconnect, "[smtp-source] -s 100 -m 5000 -l 724 -f bench@example.test -t bench@example.test -M source.example.test 127.0.0.1:2600"},
		{smtpSource, with(func(w *work) { w.size = 200 }), "[smtp-source] -d -s 100 -m 5000 -l 1 -f bench@example.test -t bench@example.test -M source.example.test 127.0.0.1:2600"},
		{floor, lockstep, "[floor] -s 100 -m 5000 -l 1024 127.0.0.1:2600"},
		{floor, pipelined, "[floor] -p -s 100 -m 5000 -l 1024 127.0.0.1:2600"},
		{fourFloors, pipelined, "[floor] -p -j 4 -s 100 -m 5000 -l 1024 127.0.0.1:2600"},
		{goSMTP, pipelined, "[go-smtp] -s 100 -m 5000 -l 1024 127.0.0.1:2600"}, // it cannot pipeline
		{goSMTP, full, "[go-smtp] -c -ca ca.pem -s 100 -m 5000 -l 1024 127.0.0.1:2600"},
		{goSMTP, resumed, "[go-smtp] -c -ca ca.pem -r -s 100 -m 5000 -l 1024 127.0.0.1:2600"},
		{openSSL, full, "[openssl s_time] s_time -connect 127.0.0.1:2600 -time 3 -CAfile ca.pem -verify 3 -new"},
		{openSSL, resumed, "[openssl s_time] s_time -connect 127.0.0.1:2600 -time 3 -CAfile ca.pem -verify 3 -reuse -www /"},
		{dialOnly, full, "[connect only] -n -m 5000 127.0.0.1:2600"},
	} {
		argv, err := b.command(test.client, test.work, on)
		if got := strings.Join(argv, " "); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want\n%s", test.client, got, err, test.want)
		}
	}
	b.Pin = true
	argv, err := b.command(ours, lockstep, on)
	if want := []string{"taskset", "--cpu-list", "0", "[smtpgauge]", "run"}; err != nil || len(argv) < 5 || !slices.Equal(argv[:5], want) {
		t.Errorf("pinned: %q, %v; want it to begin with %q", argv, err, want)
	}
}

func TestConnectionsOfSTime(t *testing.T) {
	const printed = "Collecting connection statistics for 3 seconds\n***\n\n" +
		"1201 connections in 0.47s; 2555.32 connections/user sec, bytes read 0\n" +
		"1201 connections in 4 real seconds, 0 bytes read per connection\n"
	if n, err := connections(printed); n != 1201 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := connections("unable to connect\n"); err == nil || !strings.Contains(err.Error(), "unable to connect") {
		t.Errorf("%v: want what was printed", err)
	}
}
