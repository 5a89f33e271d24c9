package capacity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// DrainGrace is for how long after the budget the server may go on to finish what was under
// way at the end of the last trial.
const DrainGrace = 10 * time.Second

// load lets the server be loaded for a trial. What is under way when the budget and its
// grace are over is ended then: h.by says so if the trial was not measured by then.
func (h *search) load(ctx context.Context, rate float64, length time.Duration) (Measured, error) {
	limited, cancel := context.WithTimeout(ctx, h.plan.Budget-h.took+DrainGrace)
	defer cancel()
	m, err := h.server.Try(limited, rate, length, func(blocks []Block) bool {
		_, yes := hopeless(blocks, h.plan.Goals)
		return yes
	})
	late := ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded)
	if late && (errors.Is(err, gauge.ErrInterrupted) || errors.Is(err, context.DeadlineExceeded)) {
		h.by, h.why = ByBudget, fmt.Sprintf("the trial at %s/s was not over in time", human.Rate(rate))
		return Measured{}, nil
	}
	return m, err
}

// undrainedWhy says that the server did not finish in time what was under way at the end of
// a trial.
func undrainedWhy(m Measured) string {
	text := fmt.Sprintf("the server had not finished what was under way %s after the end of the last trial, when the time was used up, so it was cut off", human.Duration(m.draining()))
	if len(m.Silent) > 0 {
		text += "; until then " + silentText(m.Silent)
	}
	return text
}

// draining is how long a trial took beyond the seconds that it measured.
func (m *Measured) draining() time.Duration {
	return max(0, m.Took-m.length())
}

// drainingWhy says that the server used up most of the time to finish what was under way at
// the ends of trials; "" if it did not.
func (h *search) drainingWhy() string {
	var sum time.Duration
	for _, t := range h.trials {
		sum += t.draining()
	}
	if 2*sum <= h.took {
		return ""
	}
	return fmt.Sprintf("the server took %s of the %s to finish what was under way at the ends of the trials", human.Duration(sum), human.Duration(h.took))
}
