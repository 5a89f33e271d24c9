package fleet

import (
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
				a.Create = func(string) (File, error) { return &fullFile{room: 6000}, nil }
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
