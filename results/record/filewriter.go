package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A fileWriter writes a run file. Lines are gathered and written whole, an
// interval at a time, so that the file can be cut anywhere and loses no more
// than what was being written. After an error nothing more is written.
type fileWriter struct {
	w     io.Writer
	buf   bytes.Buffer
	err   error
	last  map[int]sample.Series // by flow: the series of its last line
	lines int                   // of intervals
	fine  bool                  // seconds are not put together
}

func (f *fileWriter) line(v any) {
	if f.err != nil {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		f.err = fmt.Errorf("run file: %w", err)
		return
	}
	if len(b) >= maxLine {
		f.err = fmt.Errorf("run file: %w", longLine(len(b)))
		return
	}
	f.buf.Write(b)
	f.buf.WriteByte('\n')
}

// flush writes what has gathered, and returns the first error there was.
func (f *fileWriter) flush() error {
	if f.err == nil && f.buf.Len() > 0 {
		if _, err := f.w.Write(f.buf.Bytes()); err != nil {
			f.err = fmt.Errorf("run file: %w", err)
		}
	}
	f.buf.Reset()
	return f.err
}

// header begins the file. It has the scenario as resolved, in which each flow repeats
// what all share.
func (f *fileWriter) header(h *Header) {
	f.line(newHeaderLine(h))
	var long longLine
	if errors.As(f.err, &long) {
		f.err = fmt.Errorf("%w: the resolved scenario is too long; each flow counts with all that its flows share", f.err)
	}
}

// interval writes a line for each flow and round that has samples or open sessions.
func (f *fileWriter) interval(fr *frame, h *Header) {
	if f.last == nil {
		f.last = map[int]sample.Series{}
	}
	written := map[int]bool{} // by flow
	for _, s := range fr.ordered() {
		f.seriesInterval(fr, h, s, fr.series[s])
		f.last[s.Flow], written[s.Flow] = s, true
	}
	for flow, g := range fr.gauges {
		// Sessions that are open and silent are a fact too.
		if s, seen := f.last[flow]; seen && !written[flow] && g.Open > 0 {
			f.seriesInterval(fr, h, s, tally.NewTotal())
			written[flow] = true
		}
	}
	if len(written) == 0 && len(h.Flows) > 0 {
		// And so is what the generator's threads did meanwhile.
		f.seriesInterval(fr, h, f.last[0], tally.NewTotal())
	}
	f.windows(fr.windows, h)
}

// seriesInterval writes a line, as long as there is room: how long a load lasts may
// not be known ahead. The totals have all of it.
func (f *fileWriter) seriesInterval(fr *frame, h *Header, s sample.Series, t *tally.Total) {
	if f.lines++; f.lines > maxIntervals {
		return
	}
	width := grain.Width(fr.number)
	if width == 1 || f.fine {
		width = 0
	}
	f.line(intervalLine{
		totalLine: newTotalLine(intervalType, h.seriesLine(s), t),
		Number:    fr.number, Width: width, From: fr.from, To: fr.to, Gauge: fr.gauges[s.Flow], Busy: fr.busy, Waited: fr.waited, Stood: fr.stood,
		Spent: t.Spent(), Missing: fr.missing,
	})
}

// stages writes what came to the stages of loads that have several, as long as there
// is room.
func (f *fileWriter) stages(fr *frame, h *Header) {
	for _, s := range slices.SortedFunc(maps.Keys(fr.stages), compareSeries) {
		if f.lines++; f.lines <= maxIntervals {
			f.line(newStageLine(stageType, h.seriesLine(s), s, fr.stages[s], fr.number))
		}
	}
}

func (f *fileWriter) windows(list []windowEntry, h *Header) {
	for _, w := range list {
		f.line(windowLine{windowType, h.seriesLine(w.series), w.from, w.to})
	}
}

func (f *fileWriter) greetings(list []greetingEntry, h *Header) {
	for _, e := range list {
		f.line(greetingLine{greetingType, h.Flows[e.flow].Name, e.Greeting})
	}
}

func (f *fileWriter) addresses(byFlow map[int]tally.Visits, h *Header) {
	for _, flow := range slices.Sorted(maps.Keys(byFlow)) {
		for _, c := range byFlow[flow].Counts() {
			f.line(addressLine{addressType, h.Flows[flow].Name, c})
		}
	}
}

// closing ends the file: with totals, so that a reader need not add up the intervals,
// and with what is known at the end.
func (f *fileWriter) closing(r *Run) {
	for _, s := range slices.SortedFunc(maps.Keys(r.stages), compareSeries) {
		f.line(newStageLine(stagesType, r.Header.seriesLine(s), s, r.stages[s], 0))
	}
	for _, s := range slices.SortedFunc(maps.Keys(r.totals), compareSeries) {
		f.line(newTotalLine(totalType, r.Header.seriesLine(s), r.totals[s]))
	}
	f.line(closingLine{closingType, *r.Closing})
}
