package charts

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// maxMarks is how many rounds and stages are marked. More could not be told apart.
const maxMarks = 120

// marks are where rounds and stages begin, where a queue began to grow, and where a run ended before its time.
func marks(r *record.Run, stretches map[stretchKey]*stretch, x *axis) []page.Mark {
	list := slices.Concat(roundMarks(r, stretches, x), stageMarks(r, stretches, x), queueMarks(r, stretches, x))
	if len(list) > maxMarks {
		list = nil
	}
	if text := cutShort(r); text != "" {
		last := lastOf(stretches)
		list = append(list, page.Mark{At: x.place(last, last.end), Text: text, Kind: page.MarkEnd})
	}
	slices.SortStableFunc(list, func(a, b page.Mark) int { return cmp.Compare(a.At, b.At) })
	return list
}

// cutShort says why a run ended before its time; "" if it did not.
func cutShort(r *record.Run) string {
	switch {
	case r.Partial():
		return "the file ends here"
	case r.Closing.Lost != "":
		return "target lost"
	case r.Closing.Deserted:
		return "coordinator lost"
	case r.Closing.Interrupted:
		return "interrupted"
	}
	return ""
}

// lastOf is the stretch that ended last.
func lastOf(stretches map[stretchKey]*stretch) *stretch {
	return slices.MaxFunc(inOrder(stretches), func(a, b *stretch) int { return cmp.Compare(a.end, b.end) })
}

func roundMarks(r *record.Run, stretches map[stretchKey]*stretch, x *axis) []page.Mark {
	if r.Header.Rounds < 2 || r.Header.Rounds > maxMarks {
		return nil
	}
	var list []page.Mark
	begun := make([]bool, r.Header.Rounds)
	for _, s := range inOrder(stretches) {
		if !begun[s.round] {
			begun[s.round] = true
			list = append(list, page.Mark{At: x.place(s, s.begin), Text: fmt.Sprint("round ", s.round+1), Kind: page.MarkRound})
		}
	}
	return list
}

// stageMarks are where the stages of open loads begin. If loads have different ones, none is
// marked: the rates offered show them.
func stageMarks(r *record.Run, stretches map[stretchKey]*stretch, x *axis) []page.Mark {
	flow, stages := -1, []record.Stage(nil)
	for i := range r.Header.Flows {
		own := r.Header.Stages[r.Header.Flows[i].Name]
		switch {
		case len(own) < 2:
		case flow < 0:
			flow, stages = i, own
		case !slices.Equal(stages, own):
			return nil
		}
	}
	if flow < 0 || len(stages) > maxMarks {
		return nil
	}
	var list []page.Mark
	for _, s := range inOrder(stretches) {
		if s.flow != flow || len(list) > maxMarks {
			continue
		}
		begins := s.steady
		for _, st := range stages {
			if begins >= s.end {
				break
			}
			list = append(list, page.Mark{At: x.place(s, begins), Text: human.Ramp(st.From, st.To) + "/s", Kind: page.MarkStage})
			begins = begins.Add(min(max(0, st.For), s.end.Sub(begins)))
		}
	}
	return list
}

// queueMarks are when arrivals began to queue up in a stage.
func queueMarks(r *record.Run, stretches map[stretchKey]*stretch, x *axis) []page.Mark {
	var list []page.Mark
	for _, s := range inOrder(stretches) {
		text := "queue grows"
		if len(r.Header.Flows) > 1 {
			text = printable.Text(r.Header.Flows[s.flow].Name) + ": " + text
		}
		for _, at := range figures.QueuesThatGrew(r, s.flow, s.round) {
			list = append(list, page.Mark{At: x.place(s, at), Text: text, Kind: page.MarkQueue})
		}
	}
	return list
}

// warmups are when flows were warming up. Those that overlap are one band.
func warmups(stretches map[stretchKey]*stretch, x *axis) []page.Band {
	var bands []page.Band
	for _, s := range stretches {
		if s.steady > s.begin {
			bands = append(bands, page.Band{From: x.place(s, s.begin), To: x.place(s, s.steady)})
		}
	}
	slices.SortFunc(bands, func(a, b page.Band) int { return cmp.Compare(a.From, b.From) })
	var out []page.Band
	for _, b := range bands {
		if n := len(out); n > 0 && b.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, b.To)
			continue
		}
		out = append(out, b)
	}
	return out
}

// turns are the stretches on the clock, for flows that run in turn: each until the next
// begins.
func turns(r *record.Run, stretches map[stretchKey]*stretch, start sample.Instant) []page.Turn {
	if !r.Header.InTurn || len(r.Header.Flows) < 2 || len(stretches) > maxColumns {
		return nil
	}
	var list []page.Turn
	for _, s := range inOrder(stretches) {
		text := printable.Text(r.Header.Flows[s.flow].Name)
		if r.Header.Rounds > 1 {
			text += fmt.Sprint(", round ", s.round+1)
		}
		list = append(list, page.Turn{Flow: s.flow, From: s.begin.Sub(start).Seconds(), To: s.end.Sub(start).Seconds(), Text: text})
	}
	for i := range len(list) - 1 {
		list[i].To = list[i+1].From
	}
	return list
}
