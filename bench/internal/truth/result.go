//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// A figure is a distribution as the generator tells it.
type figure struct {
	P50  time.Duration `json:"p50_ns"`
	P90  time.Duration `json:"p90_ns"`
	P99  time.Duration `json:"p99_ns"`
	Max  time.Duration `json:"max_ns"`
	Mean time.Duration `json:"mean_ns"`
}

// A told phase is what the generator says of one phase.
type told struct {
	Count    int     `json:"count"`
	Service  figure  `json:"service"`
	Response *figure `json:"response"` // open load only
	Lag      *figure `json:"lag"`
}

// A result is the generator's, as far as it is checked here.
type result struct {
	Clock   string `json:"clock"`
	Verdict struct {
		Valid   bool            `json:"valid"`
		Reasons json.RawMessage `json:"reasons"`
	} `json:"verdict"`
	Flows map[string]toldFlow `json:"flows"`
}

// A toldFlow is what the generator says of a flow.
type toldFlow struct {
	Rate   float64         `json:"messages_per_second"`
	Phases map[string]told `json:"phases"`
}

// phase is what the result says of a phase; all zero where it says nothing.
func (r *result) phase(name string) told { return r.Flows[flow].Phases[name] }

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
