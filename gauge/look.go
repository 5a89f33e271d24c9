package gauge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// lookEvery is how often the server's own side is looked at.
const lookEvery = time.Second

// A lookout looks at the server's own side. Its parts are nil if the scenario does not
// ask for them.
type lookout struct {
	processes  *serverside.Watcher
	prometheus *serverside.Prometheus
}

// Sightings take what is seen of the server's own side, from any goroutine. They are a
// record.Collector, or a record.Union.
type Sightings interface {
	ServerLooks(*tally.ServerSample)
	Answered(*tally.Answer)
}

// LookAtServer looks at the server's own side, as far as the scenario asks for it, until
// stop is called. The error says what is not there.
func (j *Job) LookAtServer(ctx context.Context, to Sightings) (stop func(), err error) {
	l, err := j.lookout(ctx)
	if err != nil {
		return nil, err
	}
	return l.watch(to), nil
}

// lookout finds what the scenario says of the server. The error says what is not there.
func (j *Job) lookout(ctx context.Context) (*lookout, error) {
	l, err := &lookout{}, error(nil)
	if names := j.scenario.Watched(); len(names) > 0 {
		o := serverside.Options{Processes: names, Targets: j.Targets(ctx)}
		if l.processes, err = serverside.New(o); errors.Is(err, errors.ErrUnsupported) {
			return nil, fmt.Errorf("the server's own side: %w; leave server out of the scenario", err)
		} else if err != nil {
			return nil, fmt.Errorf("the server's own side: %w", err)
		}
	}
	if p := j.scenario.Prometheus(); p != nil {
		o := serverside.PrometheusOptions{URL: p.URL, Username: p.Username, Password: p.Password, Private: p.Private, Token: p.Token, Roots: p.Roots}
		for _, q := range p.Queries {
			o.Queries = append(o.Queries, serverside.Query(q))
		}
		if l.prometheus, err = serverside.NewPrometheus(ctx, o); err != nil {
			return nil, fmt.Errorf("the server's own side: %w", err)
		}
	}
	return l, nil
}

// Targets are what the flows connect to, by their addresses as they resolve on this machine.
func (j *Job) Targets(ctx context.Context) []serverside.Target {
	var list []serverside.Target
	for i := range j.Plan.Flows {
		list = append(list, j.loaded(ctx, &j.Plan.Flows[i].Target))
	}
	return list
}

// loaded is what a flow connects to, without the addresses if they cannot be looked up.
func (j *Job) loaded(ctx context.Context, t *loadgen.Target) serverside.Target {
	to := serverside.Target{Port: dialledPort(t), First: t.Spread == loadgen.FirstAddress}
	found, _ := j.Plan.LookUp(ctx, t, nil)
	for _, a := range found {
		if a.Path == "" {
			to.Addresses = append(to.Addresses, a.TCP.Addr())
		}
	}
	return to
}

// watch looks at the server until it is stopped, and at its processes once more then.
func (l *lookout) watch(c Sightings) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background()) // not the run's: what a canceled run came to needs this too
	var group sync.WaitGroup
	if l.processes != nil {
		group.Go(func() { follow(ctx, l.processes, c) })
	}
	if l.prometheus != nil {
		group.Go(func() { l.prometheus.Watch(ctx, c.Answered) })
	}
	return func() {
		cancel()
		group.Wait()
	}
}

// follow looks at processes until ctx is done, and then once more. It gives up at the
// first look that fails: what is not looked at has no figures.
func follow(ctx context.Context, w *serverside.Watcher, c Sightings) {
	next := time.NewTicker(lookEvery)
	defer next.Stop()
	for ended := false; !ended; {
		select {
		case <-next.C:
		case <-ctx.Done():
			ended = true
		}
		s, err := w.Look()
		if err != nil {
			return
		}
		c.ServerLooks(s)
	}
}
