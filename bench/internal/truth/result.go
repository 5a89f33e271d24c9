//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// A figure is a distribution that the generator reports.
type figure struct {
	P50  time.Duration `json:"p50_ns"`
	P90  time.Duration `json:"p90_ns"`
	P99  time.Duration `json:"p99_ns"`
	Max  time.Duration `json:"max_ns"`
	Mean time.Duration `json:"mean_ns"`
}

// A reportedPhase is what the generator reports of one phase.
type reportedPhase struct {
	Count    int     `json:"count"`
	Service  figure  `json:"service"`
	Response *figure `json:"response"` // open load only
	Lag      *figure `json:"lag"`
}

// A result is the part of the generator's result that is checked here.
type result struct {
	Clock   string `json:"clock"`
	Verdict struct {
		Valid   bool            `json:"valid"`
		Reasons json.RawMessage `json:"reasons"`
	} `json:"verdict"`
	Flows map[string]reportedFlow `json:"flows"`
}

// A reportedFlow is what the generator reports of a flow.
type reportedFlow struct {
	Rate   float64                  `json:"messages_per_second"`
	Phases map[string]reportedPhase `json:"phases"`
}

// phase returns what the result has of a phase; the zero value if it has nothing.
func (r *result) phase(name string) reportedPhase { return r.Flows[flow].Phases[name] }

// readResult reads what "show --format json" prints.
func readResult(out []byte) (*result, error) {
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, fmt.Errorf("result of smtpgauge: %w", err)
	}
	if _, ok := r.Flows[flow]; !ok {
		return nil, fmt.Errorf("the result of smtpgauge has no flow %s", flow)
	}
	return &r, nil
}
