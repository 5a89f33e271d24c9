package gauge

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// lookEvery is how often the server's own side is looked at.
const lookEvery = time.Second

// watcher finds the server's processes; nil if the scenario names none.
func (j *Job) watcher() (*serverside.Watcher, error) {
	names := j.scenario.Watched()
	if len(names) == 0 {
		return nil, nil
	}
	o := serverside.Options{Processes: names}
	for i := range j.Plan.Flows {
		o.Ports = append(o.Ports, j.Plan.Flows[i].Target.Port)
	}
	w, err := serverside.New(o)
	if err != nil {
		return nil, fmt.Errorf("the server's own side: %w", err)
	}
	return w, nil
}

// look looks at the server until it is stopped, and then once more. It gives up at the
// first look that fails: what is not looked at has no figures.
func look(w *serverside.Watcher, c *record.Collector) (stop func()) {
	if w == nil {
		return func() {}
	}
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		next := time.NewTicker(lookEvery)
		defer next.Stop()
		for ended := false; !ended; {
			select {
			case <-next.C:
			case <-over:
				ended = true
			}
			s, err := w.Look()
			if err != nil {
				return
			}
			c.ServerLooks(s)
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}
