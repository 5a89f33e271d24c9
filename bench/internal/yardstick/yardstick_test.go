//go:build linux

package yardstick

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
)

func built(t *testing.T, build func(context.Context, string) (string, error)) string {
	t.Helper()
	program, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func startSink(t *testing.T, program string) *Server {
	t.Helper()
	s, err := StartSink(t.Context(), program, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stop(t *testing.T, s *Server) Counts {
	t.Helper()
	c, err := s.Stop()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFloorAndSinkAgree(t *testing.T) {
	floor, sink := built(t, BuildFloor), built(t, BuildSink)
	for name, test := range map[string]struct {
		flags string
		want  Counts
	}{
		"lockstep":     {"-s 7 -m 100", Counts{Connections: 7, Messages: 100, Quits: 7, Bytes: 102400}},
		"pipelined":    {"-p -s 7 -m 100", Counts{Connections: 7, Messages: 100, Quits: 7, Bytes: 102400}},
		"reconnecting": {"-c -s 7 -m 100", Counts{Connections: 100, Messages: 100, Quits: 100, Bytes: 102400}},
		"large":        {"-s 2 -m 3 -l 9000000", Counts{Connections: 2, Messages: 3, Quits: 2, Bytes: 27000000}},
		"many":         {"-p -s 500 -m 500 -l 400", Counts{Connections: 500, Messages: 500, Quits: 500, Bytes: 200000}},
		"divided":      {"-j 3 -s 7 -m 100", Counts{Connections: 7, Messages: 100, Quits: 7, Bytes: 102400}},
		"bare":         {"-n -m 50", Counts{Connections: 50}},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSink(t, sink)
			out, err := exec.CommandContext(t.Context(), floor, append(strings.Fields(test.flags), s.Addr)...).CombinedOutput()
			if err != nil {
				t.Fatalf("floor: %v\n%s", err, out)
			}
			got := stop(t, s)
			if name == "bare" {
				got.Errors = 0 // the banner may find the connection gone
			}
			if got != test.want {
				t.Errorf("the sink counted %+v, want %+v; the floor said %s", got, test.want, out)
			}
		})
	}
}

func TestFloorStopsAtRejection(t *testing.T) {
	floor := built(t, BuildFloor)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			fmt.Fprint(c, "554 go away\r\n")
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	out, err := exec.CommandContext(t.Context(), floor, l.Addr().String()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "554 go away") {
		t.Errorf("floor went on: %v, %s", err, out)
	}
}

// The sink has to find commands and the end of a message however the bytes
// come: a byte a read is the hardest way.
func TestSinkTakesPieces(t *testing.T) {
	sink := built(t, BuildSink)
	const content = "a\r\n..\r\n.x\r\n\r\r\n.\n.\r\r\n"
	turns := []string{ // each but the first waits for a 354
		"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n",
		content + ".\r\nRSET\r\nMAIL FROM:<>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n",
		".\r\nVRFY x\r\nQUIT\r\n",
	}
	for _, size := range []int{1, 2, 3, 5, 7, 64, 1000} {
		s := startSink(t, sink)
		c, err := net.Dial("tcp", s.Addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).SetNoDelay(true); err != nil {
			t.Fatal(err)
		}
		goAhead := make(chan struct{}, 2)
		go func() {
			for i, rest := range turns {
				if i > 0 {
					<-goAhead
				}
				for rest != "" {
					n := min(size, len(rest))
					if _, err := io.WriteString(c, rest[:n]); err != nil {
						return
					}
					rest = rest[n:]
				}
			}
		}()
		var codes []string
		for lines := bufio.NewScanner(c); lines.Scan(); {
			line := lines.Text()
			if line[3] != ' ' {
				continue
			}
			if codes = append(codes, line[:3]); line[:3] == "354" {
				goAhead <- struct{}{}
			}
		}
		c.Close()
		const want = "220 250 250 250 354 250 250 250 250 354 250 500 221"
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("in pieces of %d: replies %s, want %s", size, got, want)
		}
		if got := stop(t, s); got != (Counts{Connections: 1, Messages: 2, Quits: 1, Bytes: int64(len(content))}) {
			t.Errorf("in pieces of %d: counted %+v", size, got)
		}
	}
}

func TestReadPostfix(t *testing.T) {
	got, err := readPostfix("sess=1 quit=0 mesg=0\rsess=12 quit=11 mesg=4000\r")
	if want := (Counts{Connections: 12, Quits: 11, Messages: 4000, Bytes: -1}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if _, err := readPostfix(""); err == nil {
		t.Error("nothing passes as a count")
	}
}
