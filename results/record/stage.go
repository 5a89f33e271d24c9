package record

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Stage is a part of an open load: for so long, at a rate that goes from From to To in
// a straight line. Rates are a second, in the unit of the flow's load.
type Stage struct {
	For  time.Duration `json:"for_ns"`
	From float64       `json:"from"`
	To   float64       `json:"to"`
}

func (h *Header) setStages(p *loadgen.Plan) {
	for i := range p.Flows {
		for _, s := range p.Flows[i].Load.Stages {
			if h.Stages == nil {
				h.Stages = map[string][]Stage{}
			}
			name := p.Flows[i].Name
			h.Stages[name] = append(h.Stages[name], Stage{s.For, float64(s.From), float64(s.To)})
		}
	}
}

// stageSlots are the histograms that are kept of each stage of a load.
var stageSlots = []tally.Slot{
	tally.SlotOf(sample.SpanMessage, sample.Service), tally.SlotOf(sample.SpanMessage, sample.Response), tally.SlotOf(sample.SpanMessage, sample.Lag),
	tally.SlotOf(sample.SpanSession, sample.Service), tally.SlotOf(sample.SpanSession, sample.Response), tally.SlotOf(sample.SpanSession, sample.Lag),
	tally.LateSlot,
}

// StageTotals are what the stages of a flow's load came to, over all rounds: the counts,
// the errors and the times of messages, sessions and the generator. One in which nothing
// was due is nil. There are none of a load of one stage, and of files of earlier versions.
func (r *Run) StageTotals(flow int) []*tally.Total {
	var list []*tally.Total
	for s, t := range r.stages {
		if s.Flow != flow {
			continue
		}
		if list == nil {
			list = make([]*tally.Total, len(r.Header.Stages[r.Header.Flows[flow].Name]))
		}
		if list[s.LoadStage] == nil {
			list[s.LoadStage] = tally.NewTotal()
		}
		list[s.LoadStage].Add(t)
	}
	return list
}

// StageWindows are when the stages of the load of a flow's round lasted; empty for those
// that did not begin.
func (r *Run) StageWindows(flow, round int) []Window {
	load := r.windows[sample.Series{Flow: flow, Round: round, Stage: sample.Steady}]
	stages := r.Header.Stages[r.Header.Flows[flow].Name]
	list := make([]Window, len(stages))
	from := load.From
	for i, s := range stages {
		if from >= load.To {
			break
		}
		to := min(load.To, from.Add(s.For))
		list[i], from = Window{from, to}, to
	}
	return list
}

// Backlog is how many arrivals of a flow waited at the end of each interval. It is there
// for loads of several stages.
func (r *Run) Backlog(flow int) []tally.Waiting { return r.backlogs[flow].List() }

// noteDone counts the arrivals that were done in a part of an interval.
func (r *Run) noteDone(flow int, c *tally.Counts) {
	if r.Header.Flows[flow].Unit == loadgen.Messages.String() {
		r.backlogs[flow].Done(c.Messages().Attempted)
	} else {
		r.backlogs[flow].Done(c.Completed + c.FailedSession + c.CanceledSession)
	}
}

// noteBacklog notes how a flow's arrivals stand at the end of an interval, or of a part
// of one.
func (r *Run) noteBacklog(flow int, g Gauge, at sample.Instant) {
	if r.staged[flow] {
		r.backlogs[flow].Note(at, g.Due, g.Open)
	}
}

var stageStart = []byte(`{"type":"` + stageType + `"`)

// stage reads what a stage of a load came to. Those of intervals are added up, for a
// file that has lost its end.
func (f *fileReader) stage(line []byte) error {
	l, s, err := f.run.readStage(line)
	if err != nil {
		return err
	}
	if l.Type == stageType {
		return addLine(addTo(f.run.stages, s), &l.totalLine, lineHistograms{named: l.Histograms})
	}
	f.stages[s], err = l.total()
	return err
}

// readStage reads a line of a stage of a load, and returns the stage's series.
func (r *Run) readStage(line []byte) (stageLine, sample.Series, error) {
	l, err := decode[stageLine](line)
	if err != nil {
		return l, sample.Series{}, err
	}
	s, err := r.series(l.seriesLine)
	if err != nil {
		return l, s, err
	}
	if n := len(r.Header.Stages[l.Flow]); s.Stage != sample.Steady || !r.staged[s.Flow] || l.LoadStage < 1 || l.LoadStage > n {
		return l, s, fmt.Errorf("stage %d of the load of flow %s, want 1 to %d", l.LoadStage, l.Flow, n)
	}
	s.LoadStage = l.LoadStage - 1
	return l, s, nil
}
