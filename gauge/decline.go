package gauge

import (
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// Decline returns what there is of a run that is not begun because of what Probe found,
// and writes its file: no message, one failure for each flow that cannot work, and the
// reason. So every format says why there are no figures. The error is that of the file.
func (j *Job) Decline(faults check.Faults, o Options) (*Result, error) {
	o = o.withDefaults()
	collector, err := record.NewCollector(o.File, record.NewHeader(j.Plan, j.Criteria), j.Plan, 1, o.OnInterval)
	if err != nil {
		return nil, err
	}
	recorder, now := collector.Recorder(0), sample.Instant(time.Now().UnixNano())
	number := map[string]int{}
	for i := range j.Plan.Flows {
		number[j.Plan.Flows[i].Name] = i
	}
	var reasons []string
	for _, fault := range faults {
		reasons = append(reasons, fault.Error())
		if fault.Failure == nil {
			continue
		}
		for _, flow := range fault.Flows {
			recorder.Failure(sample.Series{Flow: number[flow], Stage: sample.Steady}, fault.Failure)
		}
	}
	none, never := make([]int, len(number)), make([]int64, len(number))
	recorder.Tick(sample.Tick{From: now, To: now, Open: none, Peak: none, Due: never, Begun: never, Last: true})
	run, err := collector.Close(&sample.Report{Started: now, Ended: now, NotLoaded: strings.Join(reasons, "; "), Shards: 1}, generator.Usage{})
	return newResult(run, nil), err
}
