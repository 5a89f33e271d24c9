package compare

import (
	"bytes"
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// loadedHeader is the header of a scenario.
func loadedHeader(t *testing.T, source string) record.Header {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(source), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	return madeup.Header(p)
}

// Flows that shake hands in another way are neither taken for each other nor
// for pairs that differ in a choice.
func TestHandshakesSetFlowsApart(t *testing.T) {
	h := loadedHeader(t, samples.TLSFlows)
	if got, want := choicePairs(h.Flows), [][2]int{{0, 2}, {2, 6}}; !slices.Equal(got, want) {
		t.Errorf("pairs are %v, want %v", got, want)
	}
	for i := range h.Flows {
		for j := range h.Flows[:i] {
			list, ok := changesOf(&h.Flows[j], &h.Flows[i])
			like := ok && len(list) == 0
			if want := i == 1 && j == 0 || i == 7 && j == 6; like != want {
				t.Errorf("%s and %s: alike %v, want %v", h.Flows[j].Name, h.Flows[i].Name, like, want)
			}
		}
	}
}

// A plan that is made in Go says in no scenario what its flows do.
func TestFlowsWithoutAScenarioAreNotAlike(t *testing.T) {
	plan := madeup.MadePlan(madeup.MadePorts(), 1)
	plan.Scenario = nil
	h := madeup.Header(plan)
	if list, ok := changesOf(&h.Flows[3], &h.Flows[6]); ok || len(list) != 1 || list[0] != (Change{ChoicePort, "587", "2525"}) {
		t.Errorf("changes are %v, alike %v", list, ok)
	}
	if pairs := choicePairs(h.Flows); pairs != nil {
		t.Errorf("pairs are %v", pairs)
	}
}

// Sizes are compared in octets, however they are shown.
func TestSizesAreComparedInOctets(t *testing.T) {
	header := func(z mail.Size) *record.FlowHeader {
		h := madeup.Header(&loadgen.Plan{Flows: []loadgen.Flow{{Mail: mail.Options{Size: z}}}})
		return &h.Flows[0]
	}
	earlier := header(mail.Size{Median: 4097})
	earlier.SizeMedian = 0
	for _, c := range []struct {
		from, to *record.FlowHeader
		want     []Change
	}{
		{header(mail.Size{}), header(mail.Size{Median: 4096}), nil},
		{header(mail.Size{Median: 4096}), header(mail.Size{Median: 4096, P99: 4096}), nil},
		{header(mail.Size{Median: 4096}), header(mail.Size{Median: 4097}), []Change{{choiceSize, "4096 B", "4097 B"}}},
		{header(mail.Size{Median: 4096}), header(mail.Size{Median: 8192}), []Change{{choiceSize, "4.00 KiB", "8.00 KiB"}}},
		{header(mail.Size{Median: 4096, P99: 1 << 20}), header(mail.Size{Median: 4096, P99: 1<<20 + 1}), []Change{{choiceSize, "4096 to 1048576 B", "4096 to 1048577 B"}}},
		{header(mail.Size{Median: 4096}), earlier, nil}, // as far as it says
	} {
		if got, _ := changesOf(c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%d and %d octets: changes %v, want %v", c.from.SizeMedian, c.to.SizeMedian, got, c.want)
		}
	}
}

// Flows that differ in more than choices are not held against each other.
func TestUnlikeFlowsAreNotPaired(t *testing.T) {
	plan := madeup.MadePlan(madeup.MadePorts()[:3], 1)
	plan.Scenario = bytes.Replace(plan.Scenario, []byte(`"relay-25-pipelined":{}`), []byte(`"relay-25-pipelined":{"session":{"think":"1s"}}`), 1)
	h := madeup.Header(plan)
	if pairs := choicePairs(h.Flows); !slices.Equal(pairs, [][2]int{{0, 2}}) {
		t.Errorf("pairs are %v, want the flow that thinks left out", pairs)
	}
}
