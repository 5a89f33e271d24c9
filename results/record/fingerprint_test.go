package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A schemaPart is a part of the scenario's JSON Schema.
type schemaPart struct {
	Ref        string                 `json:"$ref"`
	Defs       map[string]*schemaPart `json:"$defs"`
	Properties map[string]*schemaPart `json:"properties"`
	Items      *schemaPart            `json:"items"`
	AnyOf      []*schemaPart          `json:"anyOf"`
	Further    json.RawMessage        `json:"additionalProperties"`
}

// A flowOption is where an option stands in a flow, and a flow with just that.
type flowOption struct {
	path string
	flow func(value string) string
}

// flowOptions are all options that a flow can have.
func flowOptions(t *testing.T) []flowOption {
	t.Helper()
	var root schemaPart
	if err := json.Unmarshal(scenarios.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	var list []flowOption
	var walk func(p *schemaPart, path string, in func(string) string)
	walk = func(p *schemaPart, path string, in func(string) string) {
		if p.Ref != "" {
			walk(root.Defs[strings.TrimPrefix(p.Ref, "#/$defs/")], path, in)
			return
		}
		within := func(key string, inner *schemaPart) {
			walk(inner, strings.TrimPrefix(path+"."+key, "."), func(v string) string { return in(fmt.Sprintf("{%q:%s}", key, v)) })
		}
		var any *schemaPart
		if json.Unmarshal(p.Further, &any) == nil && any != nil {
			within("any", any)
		}
		for key, inner := range p.Properties {
			within(key, inner)
		}
		for _, inner := range p.AnyOf {
			walk(inner, path, in)
		}
		if p.Items != nil {
			walk(p.Items, path, func(v string) string { return in("[" + v + "]") })
		}
		if any == nil && len(p.Properties)+len(p.AnyOf) == 0 && p.Items == nil {
			list = append(list, flowOption{path, in})
		}
	}
	walk(root.Defs["flow"], "", func(v string) string { return v })
	return list
}

// Whatever scenarios can say of a flow sets it apart, unless it is left out by
// name.
func TestLikenessIsOfEveryOption(t *testing.T) {
	likeness := func(flow string) string {
		l := fingerprints(json.RawMessage(`{"flows":{"a":` + flow + `}}`))["a"]
		if l == "" {
			t.Fatalf("%s has no likeness", flow)
		}
		return l
	}
	options := flowOptions(t)
	if len(options) < 50 {
		t.Fatalf("a flow has %d options, which cannot be all", len(options))
	}
	bare := likeness("{}")
	var seen []string
	for _, o := range options {
		one, other := likeness(o.flow(`"one"`)), likeness(o.flow(`"other"`))
		seen = append(seen, o.path)
		switch {
		case slices.Contains(leftOut, o.path):
			if one != other || one != bare {
				t.Errorf("%s sets flows apart", o.path)
			}
		case slices.Contains(presenceOnly, o.path):
			if one != other || one == bare {
				t.Errorf("%s sets flows apart by its value, or not by its presence", o.path)
			}
		case one == other || one == bare || other == bare:
			t.Errorf("%s sets no flows apart", o.path)
		}
	}
	for _, path := range slices.Concat(leftOut, presenceOnly) {
		if !slices.Contains(seen, path) {
			t.Errorf("%s is no option of a flow", path)
		}
	}
	if likeness(`{"message":{"size":{"later":"1"}}}`) == likeness(`{"message":{"size":{"later":"2"}}}`) {
		t.Error("an option below one that is left out sets no flows apart")
	}
	if one, other := likeness(`{"load":{"messages":9007199254740992}}`), likeness(`{"load":{"messages":9007199254740993}}`); one == other {
		t.Error("large numbers are rounded")
	}
}

// loadedHeader is the header of a scenario.
func loadedHeader(t *testing.T, source string) Header {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(source), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	return testHeader(p)
}

// A file of an earlier version is of the same scenario as one of this, though
// its fingerprints are of another kind and it has no octets.
func TestEarlierHeadersAreOfTheSameFlows(t *testing.T) {
	now := loadedHeader(t, samples.TLSFlows)
	line := newHeaderLine(&now)
	line.Flows = slices.Clone(now.Flows)
	for i := range line.Flows {
		f := &line.Flows[i]
		f.Fingerprint, f.SizeMedian, f.Host = "e556a6a2e93377f4", 0, ""
	}
	earlier, err := line.header()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(now.Flows, earlier.Flows, SameFlow) {
		t.Errorf("flows are %+v, want %+v", earlier.Flows, now.Flows)
	}
	if now.Flows[0].Host == "" || earlier.Flows[0].Host != now.Flows[0].Host {
		t.Errorf("the host is %q, want %q, as the scenario says", earlier.Flows[0].Host, now.Flows[0].Host)
	}
	earlier.Flows[0].Port = 26
	if slices.EqualFunc(now.Flows, earlier.Flows, SameFlow) {
		t.Error("another port is the same flow")
	}
}
