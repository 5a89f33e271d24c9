package render

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/figures"
)

// The kernel counts full accept queues for all servers of a network namespace, and so the
// figures say; those that wait do so at what is loaded.
func TestServerSaysWhoseAcceptQueues(t *testing.T) {
	overflows, drops, queue := int64(4), int64(7), int64(3)
	for _, c := range []struct {
		of   figures.Server
		want string
	}{
		{figures.Server{Overflows: &overflows, Drops: &drops, MaxQueue: &queue}, "3 connections at the most waited to be accepted where the load connects to; " +
			"of all servers in its network namespace: 4 connections found the accept queue full, 7 SYNs and connections dropped"},
		{figures.Server{Overflows: &overflows, Drops: &drops}, "of all servers in its network namespace: 4 connections found the accept queue full, 7 SYNs and connections dropped"},
		{figures.Server{MaxQueue: &queue}, "3 connections at the most waited to be accepted where the load connects to"},
	} {
		text := screenText(t, &document{Result: &figures.Result{Server: &c.of}}, Options{All: true, Width: 300})
		if !strings.Contains(text, "\n  "+c.want+"\n") {
			t.Errorf("there is no %q in\n%s", c.want, text)
		}
	}
}

// Cores have a number only if it is known, each of those that agents share once.
func TestGeneratorSaysOfHowManyCores(t *testing.T) {
	for cores, want := range map[int]string{2: "0.500 of 2 cores used; ", 0: "0.500 cores used; "} {
		res := &figures.Result{Elapsed: 2e9, Generator: figures.Generator{CPUSeconds: 1, GOMAXPROCS: 6, Cores: cores}}
		if text := screenText(t, &document{Result: res}, Options{All: true, Width: 300}); !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}
