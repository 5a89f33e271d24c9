// Package shardsflag has the flag that says among how many shards a load is shared.
package shardsflag

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// auto leaves the number of shards to the load and the machine.
const auto = "auto"

// Shards says among how many shards a load is shared; 0 is auto.
type Shards int

// Register adds --shards.
func (f *Shards) Register(flags *pflag.FlagSet) {
	flags.Var(f, "shards", "share the load among `N` loops, each on a core of its own if there are as many; auto: as many as it needs and there is room for")
}

// String is the number, or auto.
func (f *Shards) String() string {
	if *f == 0 {
		return auto
	}
	return strconv.Itoa(int(*f))
}

// Type names the value in the help.
func (f *Shards) Type() string { return "N" }

// Set reads a number, or auto.
func (f *Shards) Set(text string) error {
	if text == auto {
		*f = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > gauge.MaxShards {
		return fmt.Errorf("want %s, or a whole number from 1 to %d", auto, gauge.MaxShards)
	}
	*f = Shards(n)
	return nil
}

// Choices are for completion.
func (f *Shards) Choices() []string { return []string{auto, "1", "2", "4", "8"} }

// Choose returns the sharding that all of some jobs get: the one with the most shards,
// so that they can be compared. of chooses for a job.
func (f *Shards) Choose(ctx context.Context, of func(*gauge.Job, context.Context) record.Sharding, jobs ...*gauge.Job) record.Sharding {
	if *f > 0 {
		return record.Sharding{Shards: int(*f), Why: "as asked for"}
	}
	var most record.Sharding
	for _, job := range jobs {
		if s := of(job, ctx); s.Shards > most.Shards {
			most = s
		}
	}
	return most
}

// Descriptors is how many open files so many shards need, beside their sessions.
func Descriptors(shards int) uint64 { return uint64(shards) * loadgen.DescriptorsOfShard }
