package capacity

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A Gone is a server that stopped answering: no message got an answer in the last trials.
type Gone struct {
	Flows  []string  `json:"flows"`            // that it was the server of
	Error  string    `json:"error"`            // what their sessions came to, for people
	Since  time.Time `json:"since,omitzero"`   // when it answered last, by the second; the zero time if it never did
	In     *TrialRef `json:"in,omitempty"`     // in which it answered last; nil if it never did
	Passed *TrialRef `json:"passed,omitempty"` // the last that passed; nil if none did
}

// A TrialRef names a trial.
type TrialRef struct {
	Trial int     `json:"trial"` // by its order in time, from 1
	Rate  float64 `json:"rate"`
}

// goneIn says how the server of some trials stopped answering; nil if it answered in the
// last one.
func goneIn(trials []*Trial) *Gone {
	if len(trials) == 0 || trials[len(trials)-1].Outcome != Unanswered {
		return nil
	}
	silent := trials[len(trials)-1].Silent
	g := &Gone{}
	for _, s := range silent {
		g.Flows = append(g.Flows, s.Flow)
		if g.Error == "" {
			g.Error = s.Error
		}
	}
	for i, t := range trials {
		ref := &TrialRef{i + 1, t.Rate}
		if t.Outcome == Pass {
			g.Passed = ref
		}
		for _, s := range silent {
			if at := t.Heard[s.Flow]; at.After(g.Since) {
				g.Since, g.In = at.UTC(), ref
			}
		}
	}
	return g
}

// says is what became of the server, in one sentence. several tells that the load has more
// flows than one.
func (g *Gone) says(several bool) string {
	server := "the server"
	if several {
		server += " of flow " + strings.Join(g.Flows, ", ")
	}
	if g.In == nil {
		return fmt.Sprintf("%s never answered (%s)", server, g.Error)
	}
	text := fmt.Sprintf("%s stopped answering (%s): it answered last at %s UTC, in trial %d at %s messages/s",
		server, g.Error, g.Since.Format(time.TimeOnly), g.In.Trial, human.Rate(g.In.Rate))
	switch {
	case g.Passed == nil:
		return text + "; no trial had passed by then"
	case g.Passed.Trial == g.In.Trial:
		return text + ", the last trial that passed"
	}
	return text + fmt.Sprintf("; the last trial that passed was trial %d, at %s messages/s", g.Passed.Trial, human.Rate(g.Passed.Rate))
}
