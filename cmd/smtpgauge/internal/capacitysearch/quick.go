package capacitysearch

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// QuickFlags are the flags of quick for a search.
type QuickFlags struct {
	On bool // --capacity is given
	Flags
}

// quickOnly mean something with --capacity only.
var quickOnly = []string{"slo", "from-rate", "max", "width", "trial", "budget", "expect"}

// Register adds the flags.
func (f *QuickFlags) Register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.On, "capacity", false, "find the highest rate at which the server keeps its goals, as smtpgauge capacity does")
	f.Flags.Register(flags, "from-rate")
	for _, name := range quickOnly {
		flags.Lookup(name).Usage = "with --capacity: " + flags.Lookup(name).Usage
	}
	output := flags.Lookup("output")
	output.Usage = strings.Replace(output.Usage, "NAME-TIME.jsonl", "quick-TIME.jsonl, with --capacity capacity-quick-TIME.jsonl", 1)
	slo := flags.Lookup("slo") // of a scenario that has no thresholds
	slo.Usage = strings.Replace(slo.Usage, scenarioGoals, usualGoals, 1)
}

// What the goals are without --slo.
const (
	scenarioGoals = "the scenario's thresholds"
	usualGoals    = "errors < 1% and message.response.p99 < 5s"
)

// QuickHelp says what quick --capacity loads.
var QuickHelp = `With --capacity the load is 100 messages/s, which the search scales, over at most
` + MostAtOnce + ` sessions at once, unless --sessions says how many. A search takes about ` + Minutes(capacity.UsualTrial) + ` minutes.`

// MostAtOnce is how many sessions a search of quick has at once at most, if nobody says.
const MostAtOnce = "500"

// Check refuses flags that have no effect with --capacity, or without it.
func (f *QuickFlags) Check(flags *pflag.FlagSet) error {
	refused, why := quickOnly, "--%s needs --capacity"
	if f.On {
		refused, why = []string{"rate", "messages", "for", "metrics", "watch", "dry-run", "allow-invalid", "all", "allow-lost"}, "--%s has no effect with --capacity"
	}
	for _, name := range refused {
		if flags.Changed(name) {
			return usage.Errorf("smtpgauge quick --help says what the flags are for", why, name)
		}
	}
	return nil
}

// Load is the load whose rate is scaled, over so many sessions at once at most.
func (f *QuickFlags) Load(sessions string) string {
	return "rate: 100 messages/s, duration: 10s, max_sessions: " + sessions
}
