package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// makeUp OUT ROUNDS SCENARIO [FLOW+DURATION[/h] | seconds:N | PATH=VALUE]... makes up what a run of
// a scenario measures, so that what follows from it does not depend on how busy
// this machine is. OUT.jsonl is one run with that many rounds; OUT/x stands for that
// many runs of one round in the folder OUT: x1.jsonl and so on. Messages take a
// tenth of a millisecond, those of FLOW take DURATION longer, or with /h so much longer each
// hour. A round has N seconds; otherwise one.
func makeUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: makeup OUT ROUNDS SCENARIO [FLOW+DURATION[/h] | seconds:N | PATH=VALUE] ...")
	}
	out := args[0]
	rounds, err := strconv.Atoi(args[1])
	ts.Check(err)
	var set []string
	added, slowing := map[string]time.Duration{}, map[string]time.Duration{}
	seconds := 1
	for _, arg := range args[3:] {
		if n, ok := strings.CutPrefix(arg, "seconds:"); ok {
			seconds, err = strconv.Atoi(n)
			ts.Check(err)
			continue
		}
		flow, longer, found := strings.Cut(arg, "+")
		if strings.Contains(arg, "=") || !found {
			set = append(set, arg)
			continue
		}
		into := added
		if hourly, ok := strings.CutSuffix(longer, "/h"); ok {
			into, longer = slowing, hourly
		}
		into[flow], err = time.ParseDuration(longer)
		ts.Check(err)
	}
	job, err := resolve(scenarios.Load(ts.MkAbs(args[2]), scenarios.LoadOptions{Set: set}))
	ts.Check(err)
	p := job.Plan
	files := []string{out}
	if strings.HasSuffix(out, ".jsonl") {
		p.Rounds = rounds
	} else {
		files = nil
		for n := range rounds {
			files = append(files, fmt.Sprintf("%s%d.jsonl", out, n+1))
		}
	}
	run := madeup.NewRun(p, job.Criteria)
	run.Seconds = seconds
	for i := range p.Flows {
		run.Added, run.Slowing = append(run.Added, added[p.Flows[i].Name]), append(run.Slowing, slowing[p.Flows[i].Name])
	}
	seed := fnv.New64a()
	seed.Write([]byte(out))
	m := madeup.Steady(seed.Sum64(), 0)
	for _, name := range files {
		name = ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
		f, err := os.Create(name)
		ts.Check(err)
		ts.Check(m.Write(f, run))
		ts.Check(f.Close())
	}
}
