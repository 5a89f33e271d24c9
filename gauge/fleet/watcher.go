package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A watcher is an agent that looks at the server in place of loading it.
type watcher struct {
	id, name, host string
	bus.Status
	heard   time.Time
	away    bool
	givenUp bool // it has been away for long
	told    bool // and people know what that means for a run
	gone    bool // it knows that the fleet is dissolved
	track   tracker
}

// A watch is what a run wants of a watcher, and what it has so far.
type watch struct {
	by      string // the watcher's name; "" for none
	targets []bus.Target
	begun   time.Time // when the watcher was told to look
	have    int       // samples
	// When the last of them ended, by the watcher's clock and by this one's.
	there, here sample.Instant
}

// watchOf looks up what is loaded, as far as a message has room for it.
func watchOf(ctx context.Context, j *gauge.Job) watch {
	w := watch{by: j.Scenario().WatchedBy()}
	if w.by == "" {
		return w
	}
	room := bus.MaxTargets
	for _, t := range j.Targets(ctx) {
		next := bus.Target{Port: t.Port, First: t.First}
		for _, a := range t.Addresses {
			next.Addresses = append(next.Addresses, a.Unmap().WithZone(""))
		}
		known := slices.ContainsFunc(w.targets, func(o bus.Target) bool {
			return o.Port == next.Port && o.First == next.First && slices.Equal(o.Addresses, next.Addresses)
		})
		if size := max(1, len(next.Addresses)); !known && size <= room {
			room -= size
			w.targets = append(w.targets, next)
		}
	}
	return w
}

// watcherNamed returns nil if there is none. The fleet is locked.
func (f *Fleet) watcherNamed(name string) *watcher {
	for _, w := range f.watchers {
		if w.name == name {
			return w
		}
	}
	return nil
}

// watchersThere tells whether all watchers are there, and their clocks are known. The fleet
// is locked.
func (f *Fleet) watchersThere() bool {
	return !slices.ContainsFunc(f.o.Watchers, func(name string) bool {
		w := f.watcherNamed(name)
		return w == nil || w.away || w.track.exchanges < enoughExchanges
	})
}

// MissingWatchers names the watchers that are not there.
func (f *Fleet) MissingWatchers() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for _, name := range f.o.Watchers {
		if w := f.watcherNamed(name); w == nil || w.away {
			names = append(names, name)
		}
	}
	return names
}

// admitWatcher gives a watcher its place, or says why not. One that takes the place of
// another may, if that is gone. The fleet is locked.
func (f *Fleet) admitWatcher(id string, hello *bus.Hello, now time.Time) (reason string) {
	old := f.watcherNamed(hello.Name)
	switch {
	case !slices.Contains(f.o.Watchers, hello.Name):
		return fmt.Sprintf("the scenario does not have server: {agent: %s}", hello.Name)
	case old != nil && old.id != id && !old.away:
		return "there is an agent of that name that looks at the server"
	case old != nil && old.id == id:
		f.sendWatcher(old)
		return ""
	}
	w := &watcher{id: id, name: hello.Name, host: hello.Host, heard: now}
	if w.name == f.watch.by { // what it sees is numbered anew
		f.watch.have = 0
	}
	f.watchers = append(slices.DeleteFunc(f.watchers, func(o *watcher) bool { return o == old }), w)
	f.o.Report(fmt.Sprintf("agent %s on %s has joined: it looks at the server", w.name, w.host))
	f.sendWatcher(w)
	f.notify()
	return ""
}

// sendWatcher sends a watcher its order. The fleet is locked.
func (f *Fleet) sendWatcher(w *watcher) {
	o := f.order
	o.Sent, o.Name, o.Blobs = time.Now().UnixNano(), w.name, [2]bus.Sum{}
	o.Begin = o.Begin && f.watch.by == w.name
	o.Targets, o.Have = f.watch.targets, int64(f.watch.have)
	_ = f.end.Send(w.id, &o, nil) // what does not arrive is said again
}

// sayWatchers sends all watchers their orders. The fleet is locked.
func (f *Fleet) sayWatchers() {
	for _, w := range f.watchers {
		f.sendWatcher(w)
	}
}

// lookForWatchers notes which of them have fallen silent. The fleet is locked.
func (f *Fleet) lookForWatchers(now time.Time) {
	for _, w := range f.watchers {
		silent := now.Sub(w.heard)
		if silent > lostAfter && !w.away {
			w.away = true
			f.o.Report(fmt.Sprintf("agent %s on %s, which looks at the server, is lost: it has been silent for %.1f s; start it again", w.name, w.host, silent.Seconds()))
			f.notify()
		}
		if silent > givenUpAfter && !w.givenUp {
			w.givenUp = true
			f.notify()
		}
	}
}

// fromWatcher takes a message of a watcher. The fleet is locked.
func (f *Fleet) fromWatcher(from string, message bus.Message, body []byte, now time.Time) {
	i := slices.IndexFunc(f.watchers, func(w *watcher) bool { return w.id == from })
	if i < 0 {
		return
	}
	w := f.watchers[i]
	if w.heard = now; w.away {
		w.away, w.givenUp, w.told = false, false, false
		f.o.Report(fmt.Sprintf("agent %s on %s, which looks at the server, is back", w.name, w.host))
	}
	switch in := message.(type) {
	case *bus.Status:
		if in.Asked > 0 && in.Asked != w.Asked {
			w.track.add(sample.Instant(in.Asked), sample.Instant(in.Received), sample.Instant(in.Answered), sample.Instant(now.UnixNano()))
		}
		w.Status, w.gone = *in, w.gone || in.Gone
	case *bus.Looks:
		f.looks(w, in, body, now)
	}
	f.notify()
}

// looks takes what a watcher saw. The fleet is locked.
func (f *Fleet) looks(w *watcher, in *bus.Looks, body []byte, now time.Time) {
	if f.feeder == nil || in.Run != f.order.Run || f.watch.by != w.name || in.From > f.watch.have {
		return // not yet, or not any more, or with a gap before it: it is sent again
	}
	var list []tally.ServerSample
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return
	}
	for i := f.watch.have - in.From; i < len(list) && f.watch.have < f.watch.most(now); i++ {
		s := &list[i]
		f.watch.have++
		if f.watch.bring(s, &w.track, now) {
			f.feeder.union.ServerLooks(s)
		}
	}
}

// most is how many samples there can be by now. A watcher takes one a second.
func (w *watch) most(now time.Time) int { return 100 + 2*int(now.Sub(w.begun)/time.Second) }

// farOff is how far from now a sample can be.
const farOff = 10 * time.Minute

// bring puts a sample on this machine's clock. It returns false if no server has such
// figures, or no clock such times.
func (w *watch) bring(s *tally.ServerSample, t *tracker, now time.Time) bool {
	if s.Check() != nil {
		return false
	}
	from, wrong, ok := t.track.Here(s.From)
	to, wrongEnd, _ := t.track.Here(s.To)
	if s.From == w.there { // the same instant is the same here, although the clock is known better now
		from = w.here
	}
	here := sample.Instant(now.UnixNano())
	from = max(from, w.here) // nothing is counted twice
	if !ok || to < from || here.Sub(from).Abs() > farOff || here.Sub(to).Abs() > farOff {
		return false
	}
	w.there, w.here = s.To, to
	s.From, s.To, s.ClockError = from, to, max(wrong, wrongEnd)
	return true
}

// watched waits until the watcher of a run has found the server. If that is lost and does not
// come back, the run goes on without it, as it does if the watcher is lost later: the load is
// none of its business, and what needs the server's figures says that there are none.
func (f *Fleet) watched(ctx context.Context) error {
	return f.until(ctx, func() (bool, error) {
		w := f.watcherNamed(f.watch.by)
		switch {
		case f.watch.by == "":
			return true, nil
		case w == nil:
			return false, fmt.Errorf("agent %s, which is to look at the server, is not there", f.watch.by)
		case w.givenUp:
			if !w.told {
				w.told = true
				f.o.Report(fmt.Sprintf("agent %s on %s, which looks at the server, has not come back: the run goes on without the server's figures", w.name, w.host))
			}
			return true, nil
		case w.away, w.Run != f.order.Run: // it may come back, or another in its place
			return false, nil
		case w.Failed != "":
			return false, fmt.Errorf("agent %s on %s: the server's own side: %s", w.name, w.host, w.Failed)
		}
		return w.Loaded, nil
	})
}

// lastLooks waits for the last look at the server once a run is over.
func (f *Fleet) lastLooks() {
	ctx, cancel := context.WithTimeout(context.Background(), lastLookWithin)
	defer cancel()
	_ = f.until(ctx, func() (bool, error) { // what does not come is not there
		w := f.watcherNamed(f.watch.by)
		return w == nil || w.away || w.Run == f.order.Run && (w.Failed != "" || w.Ended && int64(f.watch.have) >= w.Length), nil
	})
}
