package record

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// someThresholds are of every kind.
var someThresholds = []criteria.Threshold{
	{Expr: "open.message.response.p99 < 5ms", Flow: "open", Op: "<", Limit: 5e6,
		Metric: criteria.Metric{Phase: sample.SpanMessage, Part: sample.Response, Stat: "p99", Q: 0.99}},
	{Expr: "closed.errors <= 1%", Flow: "closed", Op: "<=", Limit: 0.01, Metric: criteria.Metric{Kind: criteria.Errors}},
	{Expr: "closed.rate > 5/s", Flow: "closed", Op: ">", Limit: 5, Metric: criteria.Metric{Kind: criteria.Rate}},
	{Expr: "open.unknown >= 0", Flow: "open", Op: ">=", Metric: criteria.Metric{Kind: criteria.Count, Outcome: sample.Unknown}},
}

// named is how an earlier file has someThresholds.
const named = `"thresholds":[` +
	`{"expr":"open.message.response.p99 \u003c 5ms","flow":"open","metric":{"kind":"latency","phase":"message","part":"response","stat":"p99","q":0.99},"op":"\u003c","limit":5000000},` +
	`{"expr":"closed.errors \u003c= 1%","flow":"closed","metric":{"kind":"errors"},"op":"\u003c=","limit":0.01},` +
	`{"expr":"closed.rate \u003e 5/s","flow":"closed","metric":{"kind":"rate"},"op":"\u003e","limit":5},` +
	`{"expr":"open.unknown \u003e= 0","flow":"open","metric":{"kind":"count","outcome":"unknown"},"op":"\u003e=","limit":0}]`

// numbered is how a file of the first days has someThresholds.
const numbered = `"thresholds":[` +
	`{"Expr":"open.message.response.p99 \u003c 5ms","Flow":"open","Metric":{"Kind":0,"Phase":13,"Part":1,"Stat":"p99","Q":0.99,"Outcome":0},"Op":"\u003c","Limit":5000000},` +
	`{"Expr":"closed.errors \u003c= 1%","Flow":"closed","Metric":{"Kind":1,"Phase":0,"Part":0,"Stat":"","Q":0,"Outcome":0},"Op":"\u003c=","Limit":0.01},` +
	`{"Expr":"closed.rate \u003e 5/s","Flow":"closed","Metric":{"Kind":2,"Phase":0,"Part":0,"Stat":"","Q":0,"Outcome":0},"Op":"\u003e","Limit":5},` +
	`{"Expr":"open.unknown \u003e= 0","Flow":"open","Metric":{"Kind":3,"Phase":0,"Part":0,"Stat":"","Q":0,"Outcome":3},"Op":"\u003e=","Limit":0}]`

// Thresholds are kept as written, and read from files that kept them otherwise.
func TestThresholdsOfAHeader(t *testing.T) {
	file := withHeader(t, func(h *Header) { h.Thresholds = someThresholds })
	written := file[strings.Index(file, `"thresholds":`):strings.IndexByte(file, '\n')]
	if !strings.Contains(written, `"thresholds":["open.message.response.p99 < 5ms",`) && !strings.Contains(written, `"thresholds":["open.message.response.p99 \u003c 5ms",`) {
		t.Errorf("not as written: %s", written)
	}
	for how, text := range map[string]string{
		"as written":               file,
		"with its parts by name":   strings.Replace(file, strings.TrimSuffix(written, "}"), named, 1),
		"with its parts by number": strings.Replace(file, strings.TrimSuffix(written, "}"), numbered, 1),
	} {
		if how != "as written" && text == file {
			t.Fatalf("%s: nothing is replaced: %.900s", how, text)
		}
		run, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if !reflect.DeepEqual(run.Header.Thresholds, someThresholds) {
			t.Errorf("%s: %+v", how, run.Header.Thresholds)
		}
	}
}
func TestOutcomesByNameAndInTheirOldOrder(t *testing.T) {
	_, file := collect(t, 1, nil)
	want, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	old := string(file)
	for named, counts := range map[string]string{
		`"outcomes":{}`: `"outcomes":[0,0,0,0]`, `"outcomes":{"accepted":10}`: `"outcomes":[10,0,0,0]`, `"outcomes":{"accepted":20}`: `"outcomes":[20,0,0,0]`,
		`"outcomes":{"rejected":1}`: `"outcomes":[0,1,0,0]`, `"outcomes":{"failed":1}`: `"outcomes":[0,0,1,0]`,
		`"outcomes":{"unknown":1}`: `"outcomes":[0,0,0,1]`, `"outcomes":{"failed":1,"rejected":1,"unknown":1}`: `"outcomes":[0,1,1,1]`,
	} {
		if !strings.Contains(old, named) {
			t.Fatalf("the file has no %s", named)
		}
		old = strings.ReplaceAll(old, named, counts)
	}
	if strings.Contains(old, `"outcomes":{`) {
		t.Fatalf("some are still by name in\n%s", old)
	}
	got, err := Read(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := contents(want), contents(got); a != b {
		t.Errorf("by name\n%s\nin order\n%s", a, b)
	}
	if _, err := Read(strings.NewReader(strings.Replace(string(file), `{"accepted":10}`, `{"lost":10}`, 1))); err == nil || !strings.Contains(err.Error(), `line 2: no outcome is named "lost"`) {
		t.Errorf("an outcome that is none: %v", err)
	}
}
