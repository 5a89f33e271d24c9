package figures

import (
	"iter"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Result is a run in figures. It marshals to what `show --format json` prints,
// but for the matrix: see compare.MatrixOf. Pointers and maps leave out what has no samples: there is no figure
// from zero samples.
type Result struct {
	Format      string             `json:"format"` // "smtpgauge.result/1"
	Name        string             `json:"name"`
	Started     time.Time          `json:"started"`
	Elapsed     time.Duration      `json:"elapsed_ns"`
	Partial     bool               `json:"partial"`              // the run file has lost its end
	Interrupted bool               `json:"interrupted"`          // the run was ended by its user
	Deserted    bool               `json:"deserted,omitempty"`   // a fleet's coordinator fell silent, and its agents ended the run
	NotLoaded   string             `json:"not_loaded,omitempty"` // why nothing was loaded
	Clock       string             `json:"clock"`                // kernel, mixed or user; unknown without a reply
	Verdict     Verdict            `json:"verdict"`
	Generator   Generator          `json:"generator"`
	Server      *Server            `json:"server,omitempty"`  // if its processes were looked at
	Queries     []Query            `json:"queries,omitempty"` // about the server, if any were asked
	Agents      []Agent            `json:"agents,omitempty"`  // of a fleet
	Environment record.Environment `json:"environment"`
	Seed        uint64             `json:"seed"`
	Baseline    string             `json:"baseline,omitempty"`
	Target      map[string]*Target `json:"target"`     // by flow
	FlowOrder   []string           `json:"flow_order"` // as in the scenario
	Flows       map[string]*Flow   `json:"flows"`
	Thresholds  []ThresholdResult  `json:"thresholds"`
	Findings    []limits.Finding   `json:"findings,omitempty"` // what limits the server, as far as it shows
}

// Flow returns the figures of the flow with that name; nil if there is none.
func (res *Result) Flow(name string) *Flow { return res.Flows[name] }

// FlowsInOrder goes through the flows by name, in the order of the scenario.
func (res *Result) FlowsInOrder() iter.Seq2[string, *Flow] {
	return func(yield func(string, *Flow) bool) {
		for _, name := range res.FlowOrder {
			if f := res.Flows[name]; f != nil && !yield(name, f) {
				return
			}
		}
	}
}

// A Validity says whether the figures may be believed, and why not.
type Validity struct {
	Valid   bool     `json:"valid"`
	Reasons []string `json:"reasons"` // why they may not; empty if they may
	Notes   []string `json:"notes"`   // what to know about figures that are valid
}

// TargetsInOrder goes through what the flows loaded, in the order of the scenario.
func (res *Result) TargetsInOrder() iter.Seq2[string, *Target] {
	return func(yield func(string, *Target) bool) {
		for _, name := range res.FlowOrder {
			if t := res.Target[name]; t != nil && !yield(name, t) {
				return
			}
		}
	}
}

// A Generator is the generator's own part in a run.
type Generator struct {
	CPUSeconds     float64               `json:"cpu_seconds"`
	MaxRSS         int64                 `json:"max_rss_bytes"`
	GOMAXPROCS     int                   `json:"gomaxprocs"`
	Cores          int                   `json:"cores,omitempty"` // that it could run on, each counted once; 0 if that is not known
	Shards         int                   `json:"shards"`
	ShardsWhy      string                `json:"shards_why,omitempty"` // why so many
	GCPauses       int64                 `json:"gc_pauses"`
	GCPauseTotal   time.Duration         `json:"gc_pause_total_ns"`
	GCPauseMax     time.Duration         `json:"gc_pause_max_ns"`
	BusiestShare   float64               `json:"busiest_share"`        // of the time, what the busiest shard's thread was on a CPU: median over intervals, 0 to 1
	DeniedShare    float64               `json:"denied_share"`         // of the time a thread wanted a CPU, what it had none, 0 to 1
	Free           *generator.FreeAround `json:"free_cores,omitempty"` // cores that nobody used before and after the load
	Stood          time.Duration         `json:"stood_ns"`             // how long it stood still with something to do, neither on a CPU nor waiting for one
	StoodShare     float64               `json:"stood_share"`          // of the run, 0 to 1
	UnstampedShare float64               `json:"unstamped_share"`      // replies without a kernel stamp, 0 to 1
	Late           *Distribution         `json:"late,omitempty"`       // due to when the scheduler got to it
	Delay          *Distribution         `json:"delay,omitempty"`      // kernel stamp to user clock, a reply
	Own            *Distribution         `json:"own,omitempty"`        // from each reply to the command after it, added up over a message
	OwnShare       float64               `json:"own_share"`            // of all message time, what Own is, 0 to 1
	ClockSteps     []time.Duration       `json:"clock_steps_ns"`
}

// Known tells whether the process's own figures are there. They come at the end of a run.
func (g *Generator) Known() bool { return g.GOMAXPROCS > 0 }

// A Flow is the figures of a flow, all rounds together, without the warm-up.
type Flow struct {
	Label      string                `json:"label"` // port, TLS and AUTH in short, as "587 starttls PLAIN"
	Load       sample.LoadKind       `json:"load"`
	Sessions   tally.SessionCounts   `json:"sessions"`
	Messages   tally.MessageCounts   `json:"messages"`
	Recipients tally.RecipientCounts `json:"recipients"`
	Rate       float64               `json:"messages_per_second"` // accepted within the load's windows, over their length
	Window     time.Duration         `json:"window_ns"`           // the length of those windows
	Arrivals   *tally.ArrivalCounts  `json:"arrivals,omitempty"`  // open load only
	Late       *Distribution         `json:"late,omitempty"`      // as the generator's, of this flow's arrivals
	Greetings  []tally.Greeting      `json:"greetings,omitempty"` // of its servers: the different ones, a few at most
	Phases     map[string]*Phase     `json:"phases"`
	Unfinished *Distribution         `json:"unfinished,omitempty"` // messages that ended before the reply to their body
	Errors     []tally.FailureCount  `json:"errors"`               // most frequent first
	Stages     []LoadStage           `json:"stages,omitempty"`     // of its load, if there is more than one
	Drift      map[string]*Drift     `json:"drift,omitempty"`      // of its figures, by their names; of a long load
	Warmup     *Warmup               `json:"warmup,omitempty"`
	Rounds     []Round               `json:"rounds,omitempty"` // if there is more than one

	expect  sample.Expectation
	own     *Distribution // as the generator's, of this flow's messages
	arrives string        // under open load: msg/s or sessions/s
}

// Phase returns the figures of a phase or span; nil if it has no samples.
func (f *Flow) Phase(p sample.Phase) *Phase { return f.Phases[p.String()] }

// PhasesInOrder goes through the phases and spans that have samples, in the order
// of a session.
func (f *Flow) PhasesInOrder() iter.Seq2[sample.Phase, *Phase] {
	return func(yield func(sample.Phase, *Phase) bool) {
		for i := range sample.Phase(sample.NumPhases) {
			if p := f.Phase(i); p != nil && !yield(i, p) {
				return
			}
		}
	}
}

// A Phase is the times of a phase or span. Response and Lag are there for spans under
// open load.
type Phase struct {
	Count    int64         `json:"count"`
	Service  *Distribution `json:"service"`
	Response *Distribution `json:"response,omitempty"`
	Lag      *Distribution `json:"lag,omitempty"`
}

// Time returns one of the phase's times; nil if it has no samples, or if the
// phase itself is nil.
func (p *Phase) Time(part sample.Part) *Distribution {
	switch {
	case p == nil:
		return nil
	case part == sample.Response:
		return p.Response
	case part == sample.Lag:
		return p.Lag
	}
	return p.Service
}

// A Distribution is read off a histogram with one sample at least.
type Distribution struct {
	Count   int64         `json:"count"`
	P50     time.Duration `json:"p50_ns"`
	P90     time.Duration `json:"p90_ns"`
	P99     time.Duration `json:"p99_ns"`
	P999    time.Duration `json:"p999_ns"`
	Max     time.Duration `json:"max_ns"`
	Mean    time.Duration `json:"mean_ns"`
	Clamped int64         `json:"clamped,omitempty"` // samples out of the histogram's range
}

// A Warmup is what the warm-up of a flow came to. No other figure has it.
type Warmup struct {
	Messages tally.MessageCounts  `json:"messages"`
	Message  *Distribution        `json:"message,omitempty"` // service time
	Errors   []tally.FailureCount `json:"errors,omitempty"`  // most frequent first
}

// A Round is one round's part of a flow.
type Round struct {
	Round    int                 `json:"round"` // from 1
	Messages tally.MessageCounts `json:"messages"`
	Rate     float64             `json:"messages_per_second"`
	Message  *Distribution       `json:"message,omitempty"`  // service time
	Response *Distribution       `json:"response,omitempty"` // open load only
}

// A ThresholdResult is a threshold, and whether it was met.
type ThresholdResult struct {
	Expr   string   `json:"expr"`
	Value  *float64 `json:"value"` // in the metric's base unit; null if there was nothing to measure
	OK     bool     `json:"ok"`
	Reason string   `json:"reason,omitempty"` // why there is no value, or why that does not decide

	// Of a drift: the interval of Value, and whether that leaves open what the threshold asks.
	Interval  *[2]float64 `json:"interval,omitempty"`
	Undecided bool        `json:"undecided,omitempty"`

	// The run is invalid, and missed the threshold by more than the generator's part
	// can explain.
	Beyond bool `json:"beyond_generator,omitempty"`

	Metric    criteria.Metric `json:"-"` // what the threshold is about
	criterion criteria.Threshold
}
