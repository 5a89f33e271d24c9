package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return wrongType(err)
	}
	switch kind.Type {
	case headerType:
		return errors.New("another run begins here")
	case intervalType:
		return u.partInterval(p, line)
	case windowType:
		var l windowLine
		return u.partLine(p, line, &l, &l.seriesLine, func(s sample.Series, f *unionFrame) error {
			if err := l.check(); err != nil {
				return err
			}
			f.windows = append(f.windows, windowEntry{s, p.header.common(l.From), p.header.common(l.To)})
			return nil
		})
	case stageType:
		var l stageLine
		return u.partLine(p, line, &l, &l.seriesLine, func(s sample.Series, f *unionFrame) error { return u.partStage(&l, s, f) })
	case greetingType:
		var l greetingLine
		return u.partLine(p, line, &l, nil, func(_ sample.Series, f *unionFrame) error {
			flow := u.run.FlowIndex(l.Flow)
			if flow < 0 {
				return fmt.Errorf("flow %q is not in the header", l.Flow)
			}
			if err := l.Check(); err != nil {
				return err
			}
			f.greetings = append(f.greetings, greetingEntry{flow, l.Greeting})
			return nil
		})
	case addressType:
		var l addressLine
		return u.partLine(p, line, &l, nil, func(_ sample.Series, f *unionFrame) error { return u.partAddress(&l, f) })
	case serverType:
		var l serverLine
		if err := json.Unmarshal(line, &l); err != nil {
			return wrongType(err)
		}
		if err := l.Check(); err != nil {
			return err
		}
		u.ServerLooks(&l.ServerSample)
		return nil
	case closingType:
		return u.partClosing(p, line)
	}
	return nil // the totals, which the intervals come to, or a line of a later version
}

// partHeader takes the header of an agent's file.
func (u *Union) partHeader(p *unionPart, line []byte) error {
	var l headerLine
	if err := json.Unmarshal(line, &l); err != nil {
		return fmt.Errorf("not a run file: %w", wrongType(err))
	}
	h, err := l.header()
	own := &u.run.Header
	switch {
	case l.Type != headerType || l.Format != FileFormat:
		return fmt.Errorf("not a run file of format %s", FileFormat)
	case err != nil:
		return err
	case h.Agent == nil || h.Agent.Fleet != own.ID:
		return errors.New("the file is not of this run")
	case h.Hash != own.Hash || h.Rounds != own.Rounds || !slices.EqualFunc(h.Flows, own.Flows, SameFlow):
		return errors.New("the file is of another scenario")
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
	p.number = max(p.number, l.Number)
	p.stood = max(p.stood, l.Stood)
	p.agent.add(&u.run.Header, s, t)
	from, to := p.header.common(l.From), p.header.common(l.To)
	return u.each(p, func(agent int, f *unionFrame) error {
		addTo(f.series, s).Add(t)
		if f.from == 0 || from < f.from {
			f.from = from
		}
		f.to = max(f.to, to)
		f.busy, f.waited, f.stood = max(f.busy, l.Busy), max(f.waited, l.Waited), max(f.stood, l.Stood)
		if f.by[agent] == nil {
			f.by[agent] = map[int]Gauge{}
		}
		g := l.Gauge
		g.Peak = max(g.Peak, f.by[agent][s.Flow].Peak)
		f.by[agent][s.Flow] = g
		return nil
	})
}

// each calls do for the frames that take what an agent's last interval has: the one that
// is to be written, and the one of the next report.
func (u *Union) each(p *unionPart, do func(agent int, f *unionFrame) error) error {
	return errors.Join(do(p.index, u.frameOf(p.number)), do(p.index, u.live))
}

// partLine reads a line into l, and passes on its series and the frames that take it. named
// is the series within l; nil if it has none.
func (u *Union) partLine(p *unionPart, line []byte, l any, named *seriesLine, take func(sample.Series, *unionFrame) error) error {
	if err := json.Unmarshal(line, l); err != nil {
		return wrongType(err)
	}
	var s sample.Series
	if named != nil {
		var err error
		if s, err = u.run.series(*named); err != nil {
			return err
		}
	}
	return u.each(p, func(_ int, f *unionFrame) error { return take(s, f) })
}

// partStage takes what came to a stage of a load.
func (u *Union) partStage(l *stageLine, s sample.Series, f *unionFrame) error {
	if n := len(u.run.Header.Stages[l.Flow]); s.Stage != sample.Steady || !u.run.staged[s.Flow] || l.LoadStage < 1 || l.LoadStage > n {
		return fmt.Errorf("stage %d of the load of flow %s, want 1 to %d", l.LoadStage, l.Flow, n)
	}
	t, err := l.total()
	if err != nil {
		return err
	}
	s.LoadStage = l.LoadStage - 1
	addTo(f.stages, s).Add(t)
	return nil
}

// partAddress takes what became of sessions at an address.
func (u *Union) partAddress(l *addressLine, f *unionFrame) error {
	flow := u.run.FlowIndex(l.Flow)
	if flow < 0 {
		return fmt.Errorf("flow %q is not in the header", l.Flow)
	}
	v := tally.Visits{}
	if err := v.Read(&l.AddressCount); err != nil {
		return err
	}
	f.visitsOf(flow).Merge(v)
	return nil
}

func (u *Union) partClosing(p *unionPart, line []byte) error {
	var l closingLine
	if err := json.Unmarshal(line, &l); err != nil {
		return wrongType(err)
	}
	if err := l.check(); err != nil {
		return err
	}
	l.Ended = p.header.common(sample.Instant(l.Ended.UnixNano())).Time().UTC()
	p.closing = &l.Closing
	return nil
}
