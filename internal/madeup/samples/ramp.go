package samples

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Ramp is a flow whose load has stages of several seconds each, and a server that
// takes so many messages a second, in the order in which they were due.
type Ramp struct {
	Rates    []int // messages a second, of each stage
	Each     int   // seconds of a stage
	Capacity int   // messages a second
}

// Plan returns the plan of the run.
func (p Ramp) Plan() *loadgen.Plan {
	load := loadgen.Load{Unit: loadgen.Messages, MaxSessions: 100}
	for _, r := range p.Rates {
		load.Stages = append(load.Stages, pace.Stage{For: time.Duration(p.Each) * time.Second, From: pace.Rate(r), To: pace.Rate(r)})
	}
	return &loadgen.Plan{
		Name: "ramp", Seed: 1, Rounds: 1, Scenario: []byte(`{"name":"ramp"}`),
		Flows: []loadgen.Flow{{Name: "submit", Target: loadgen.Target{Host: "mx.example.test", Port: 25}, Load: load}},
	}
}

// Length returns how long the run takes: the load, and then what is still queued.
func (p Ramp) Length() time.Duration {
	queued := 0
	for _, r := range p.Rates {
		queued = max(0, queued+p.Each*(r-p.Capacity))
	}
	return time.Duration(p.load()+(queued+p.Capacity-1)/p.Capacity) * time.Second
}

func (p Ramp) load() int { return len(p.Rates) * p.Each }

// Feed records the run on one shard. Every message is done at the end of a second.
func (p Ramp) Feed(r sample.Recorder) {
	type arrival struct{ second, stage int }
	var queue []arrival
	var due, begun int64
	series := func(stage int) sample.Series { return sample.Series{Stage: sample.Steady, LoadStage: stage} }
	end := int(p.Length() / time.Second)
	for second := range end {
		now := sample.Drain
		if second < p.load() {
			now = sample.Steady
			stage := second / p.Each
			if second%p.Each == 0 {
				r.Reach(series(stage))
			}
			for range p.Rates[stage] {
				due++
				queue = append(queue, arrival{second, stage})
				r.Late(series(stage), time.Microsecond)
			}
		}
		for range min(p.Capacity, len(queue)) {
			a, s := queue[0], series(queue[0].stage)
			queue = queue[1:]
			begun++
			waited := time.Duration(second-a.second) * time.Second
			r.Lag(s, sample.SpanMessage, waited)
			r.Service(s, sample.SpanMessage, 10*time.Millisecond)
			r.Response(s, sample.SpanMessage, waited+10*time.Millisecond)
			r.Message(s, sample.Accepted, now, 1, 0)
		}
		open := min(100, len(queue))
		if second+1 == p.load() {
			r.Window(series(0), At(0), At(time.Duration(p.load())*time.Second))
		}
		r.Tick(sample.Tick{
			From: At(time.Duration(second) * time.Second), To: At(time.Duration(second+1) * time.Second), Last: second+1 == end,
			Open: []int{open}, Peak: []int{open}, Due: []int64{due}, Begun: []int64{begun},
		})
	}
}
