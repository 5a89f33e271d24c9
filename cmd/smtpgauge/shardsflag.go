package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// autoShards leaves the number of shards to the load and the machine.
const autoShards = "auto"

// A shardsFlag says among how many shards a load is shared; 0 is auto.
type shardsFlag int

func (f *shardsFlag) register(flags *pflag.FlagSet) {
	flags.Var(f, "shards", "share the load among `N` loops, each on a core of its own if there are as many; auto: as many as it needs and there is room for")
}

// String is the number, or auto.
func (f *shardsFlag) String() string {
	if *f == 0 {
		return autoShards
	}
	return strconv.Itoa(int(*f))
}

// Type names the value in the help.
func (f *shardsFlag) Type() string { return "N" }

// Set reads a number, or auto.
func (f *shardsFlag) Set(text string) error {
	if text == autoShards {
		*f = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > gauge.MaxShards {
		return fmt.Errorf("want %s, or a whole number from 1 to %d", autoShards, gauge.MaxShards)
	}
	*f = shardsFlag(n)
	return nil
}

// Choices are for completion.
func (f *shardsFlag) Choices() []string { return []string{autoShards, "1", "2", "4", "8"} }

// choose returns the sharding that all of some jobs get: the one with the most shards,
// so that they can be compared. of chooses for a job.
func (f *shardsFlag) choose(ctx context.Context, of func(*gauge.Job, context.Context) record.Sharding, jobs ...*gauge.Job) record.Sharding {
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

// shardDescriptors is how many open files so many shards need, beside their sessions.
func shardDescriptors(shards int) uint64 { return uint64(shards) * loadgen.DescriptorsOfShard }
