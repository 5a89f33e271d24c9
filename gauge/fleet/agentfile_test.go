package fleet

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
)

// A fullFile is on a disk with room for so many octets.
type fullFile struct {
	memoryFile
	room int
}

func (f *fullFile) Write(p []byte) (int, error) {
	n, _ := f.memoryFile.Write(p[:min(len(p), f.room)])
	if f.room -= n; n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

// An agent whose disk is full says so, goes on until its fleet is dissolved, and fails then.
// Its coordinator names it.
func TestAgentsDiskIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, func(i int, a *AgentOptions, _ *fakeLoad) {
			if a.Once = true; i == 1 {
				a.Create = func(string, string) (File, error) { return &fullFile{room: 6000}, nil }
			}
		})
		run, err := s.carry(gauge.Options{})
		s.end()
		if err != nil {
			t.Fatal(err)
		}
		const why = "no space left on device"
		if a := run.Agents[1]; run.Agents[0].Lost != "" || !strings.Contains(a.Lost, why) {
			t.Errorf("agents %+v", run.Agents)
		}
		if !s.said("the run file memory is not whole: " + why) {
			t.Errorf("said %q", s.says)
		}
		if s.ended[0] != nil || s.ended[1] == nil || !strings.Contains(s.ended[1].Error(), why) {
			t.Errorf("ended with %v and %v", s.ended[0], s.ended[1])
		}
		if s.endedAt[0].Sub(s.endedAt[1]).Abs() > time.Second {
			t.Errorf("ended at %v and %v", s.endedAt[0], s.endedAt[1])
		}
	})
}

// A cutFile has lost what is beyond so many octets when it is read back.
type cutFile struct {
	memoryFile
	left int64
}

func (f *cutFile) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.left {
		return 0, io.EOF
	}
	return f.memoryFile.ReadAt(p, at)
}

// A run does not wait without end for a file that its agent cannot send.
func TestAgentsFileIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2}, func(i int, a *AgentOptions, _ *fakeLoad) {
			if i == 1 {
				a.Create = func(string, string) (File, error) { return &cutFile{left: 8000}, nil }
			}
		})
		defer s.end()
		began := time.Now()
		run, err := s.carry(gauge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		if mine, other := run.Agents[0], run.Agents[1]; mine.Lost != "" || mine.Messages[0] != 100 || !strings.Contains(other.Lost, "reading the run file back") {
			t.Errorf("agents %+v", run.Agents)
		}
	})
}
