//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/madeup/servers"
)

func TestFaults(t *testing.T) {
	found := func(low, best, high float64, by capacity.Limit, took time.Duration, exit int) attempt {
		return attempt{capacity.Report{Capacity: capacity.Figure{Low: low, Best: best, High: high}, LimitedBy: by, Loaded: took}, exit}
	}
	choose := func(name string) *known {
		list, err := knowns.Choose(name)
		if err != nil {
			t.Fatal(err)
		}
		return &list[0]
	}
	for _, c := range []struct {
		name   string
		server string
		found  attempt
		want   string // "" for no fault
	}{
		{"right", "700", found(690, 699, 705, capacity.ByServer, 4*time.Minute, 0), ""},
		{"off", "700", found(640, 650, 660, capacity.ByServer, 4*time.Minute, 0), "off by -7.1 %"},
		{"slow", "700", found(690, 699, 705, capacity.ByServer, 6*time.Minute, 0), "took 6m0s"},
		{"spoiled", "700", found(690, 699, 0, capacity.ByGenerator, 4*time.Minute, 4), "limited by the generator"},
		{"above the cliff", "cliff", found(695, 705, 710, capacity.ByServer, time.Minute, 0), "above the cliff"},
		{"too fast", "fast", found(8000, 8000, 0, capacity.ByGenerator, time.Minute, 4), ""},
		{"too fast, and a wrong exit", "fast", found(8000, 8000, 0, capacity.ByGenerator, time.Minute, 0), "exit 0"},
	} {
		fault := c.found.fault(choose(c.server))
		if (c.want == "") != (fault == "") || !strings.Contains(fault, c.want) {
			t.Errorf("%s: %q, want %q", c.name, fault, c.want)
		}
	}
}

func TestTableOfSimulatedSearches(t *testing.T) {
	var w strings.Builder
	faults, err := simulateAll(t.Context(), &w, []servers.Kind{servers.DD1}, 1, 1, true)
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	for _, want := range []string{"D/D/1", "smtpgauge", "bisection", "100.0 %"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("no %q in\n%s", want, w.String())
		}
	}
}
