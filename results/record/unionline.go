package record

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// line takes a line of an agent's file.
func (u *Union) line(p *unionPart, line []byte) error {
	if p.header == nil {
		return u.partHeader(p, line)
	}
	if p.closing != nil {
		return errors.New("something follows the closing line")
	}
	kind, err := kindOf(line)
	if err != nil {
		return err
	}
	switch kind {
	case headerType:
		return errors.New("another run begins here")
	case intervalType:
		return u.partInterval(p, line)
	case windowType:
		w, err := u.run.readWindow(line, p.header)
		if err != nil {
			return err
		}
		u.each(p, func(f *unionFrame) { f.windows = append(f.windows, w) })
		return nil
	case stageType:
		return u.partStage(p, line)
	case greetingType:
		g, err := u.run.readGreeting(line)
		if err != nil {
			return err
		}
		u.each(p, func(f *unionFrame) { f.greetings = append(f.greetings, g) })
		return nil
	case addressType:
		return u.partAddress(p, line)
	case serverType:
		looked, err := readServer(line)
		if err != nil {
			return err
		}
		u.ServerLooks(looked)
		return nil
	case closingType:
		p.closing, err = readClosing(line, p.header)
		return err
	}
	return nil // the totals, which the intervals come to, or a line of a later version
}

// partHeader takes the header of an agent's file.
func (u *Union) partHeader(p *unionPart, line []byte) error {
	h, err := readHeader(line)
	own := &u.run.Header
	switch {
	case err != nil:
		return err
	case h.Agent == nil || h.Agent.Fleet != own.ID:
		return errors.New("the file is not of this run")
	case h.Hash != own.Hash || h.Rounds != own.Rounds || !slices.EqualFunc(h.Flows, own.Flows, SameFlow):
		return errors.New("the file is of another scenario")
	}
	if place := *h.Agent; p.given != nil {
		if place.Start = 0; place != *p.given {
			return errors.New("the file is of another agent, or of another clock than this agent has")
		}
	}
	p.header, p.agent = &h, newAgent(&h)
	return nil
}

// Started is when the run of an agent started, by the coordinator's clock; 0 if it has not.
func (u *Union) Started(agent int) sample.Instant {
	h := u.parts[agent].header
	if h == nil {
		return 0
	}
	return h.common(sample.Instant(h.Started.UnixNano()))
}

func (u *Union) partInterval(p *unionPart, line []byte) error {
	l, histograms, err := readInterval(line)
	if err != nil {
		return err
	}
	s, err := u.run.series(l.seriesLine)
	if err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	t := tally.NewTotal()
	if err := addLine(t, &l.totalLine, histograms); err != nil {
		return err
	}
	if most := int64(time.Since(u.began)/time.Second) + mostAhead; l.Number > most {
		return fmt.Errorf("interval %d is of a time to come: by now there can be %d", l.Number, most)
	}
	p.number = max(p.number, l.Number)
	p.stood = max(p.stood, l.Stood)
	p.agent.add(&u.run.Header, s, t)
	from, to := p.header.common(l.From), p.header.common(l.To)
	u.each(p, func(f *unionFrame) {
		addTo(f.series, s).Add(t)
		f.accepted[p.index] += t.Outcomes[sample.Accepted]
		if f.from == 0 || from < f.from {
			f.from = from
		}
		f.to = max(f.to, to)
		f.busy, f.waited, f.stood = max(f.busy, l.Busy), max(f.waited, l.Waited), max(f.stood, l.Stood)
		if f.by[p.index] == nil {
			f.by[p.index] = map[int]Gauge{}
		}
		g := l.Gauge
		g.Peak = max(g.Peak, f.by[p.index][s.Flow].Peak)
		f.by[p.index][s.Flow] = g
	})
	return nil
}

// each calls do for the frames that take what an agent's last interval has: the one that
// is to be written, and the one that is to be reported.
func (u *Union) each(p *unionPart, do func(*unionFrame)) {
	do(u.written.frame(p.number, u))
	do(u.reported.frame(p.number, u))
}

// partStage takes what came to a stage of a load.
func (u *Union) partStage(p *unionPart, line []byte) error {
	l, s, err := u.run.readStage(line)
	if err != nil {
		return err
	}
	t, err := l.total()
	if err != nil {
		return err
	}
	u.each(p, func(f *unionFrame) { addTo(f.stages, s).Add(t) })
	return nil
}

// partAddress takes what became of sessions at an address.
func (u *Union) partAddress(p *unionPart, line []byte) error {
	flow, count, err := u.run.readAddress(line)
	if err != nil {
		return err
	}
	v := tally.Visits{}
	if err := v.Read(count); err != nil {
		return err
	}
	u.each(p, func(f *unionFrame) { f.visitsOf(flow).Merge(v) })
	return nil
}
