package record

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// intervalsOf are the lines of intervals in a file.
func intervalsOf(file []byte) (lines [][]byte) {
	for line := range bytes.Lines(file) {
		if bytes.HasPrefix(line, intervalStart) {
			lines = append(lines, line)
		}
	}
	return lines
}

// Every line that is written today is read the fast way: nothing in it is
// unknown to that, or a day's run would be read for a minute.
func TestLinesOfTodayAreScanned(t *testing.T) {
	_, both := collect(t, 2, nil)
	rounds := samples.Pretended{Flows: []string{"a", "b"}, Rounds: 9, Seconds: 5, Messages: 30, Phases: samples.EveryPhase, Noise: 0.01, Failing: 0.1, Seed: 1}
	seen := 0
	for _, file := range [][]byte{both, fileOf(t, rounds)} {
		for _, line := range intervalsOf(file) {
			var l intervalLine
			if _, ok := scanInterval(line, &l); !ok {
				t.Fatalf("not scanned: %s", line)
			}
			seen++
		}
	}
	if seen < 80 {
		t.Errorf("only %d lines", seen)
	}
	full := intervalLine{totalLine: totalLine{
		Counts: tally.Counts{Started: 1, Completed: 2, FailedSession: 3, CanceledSession: 5, Outcomes: tally.Outcomes{4, 5, 6, 7}, InWindow: 8, RcptAccepted: 9, RcptRejected: 10, Unstamped: 11},
		Errors: []tally.FailureCount{{Phase: "rcpt", Class: "busy", Code: 421, Enhanced: "4.3.2", Count: 12, Example: "later, \u2028 \"please\" <é>"}, {Phase: "mail", Class: "reset", Count: 1}},
	}}
	fill(reflect.ValueOf(&full).Elem())
	line, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	compareScan(t, line, true)
}

// fill sets what is zero in a struct to something else.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			fill(f)
		case reflect.String:
			f.SetString("text é")
		case reflect.Int, reflect.Int64:
			if f.IsZero() {
				f.SetInt(int64(i) + 1e15)
			}
		case reflect.Float64:
			f.SetFloat(1.25e-9)
		case reflect.Map:
			if f.Type().Elem().Kind() == reflect.String {
				f.Set(reflect.ValueOf(map[string]string{"mail": "AAAA", "message.response": "BBBB+/=="}))
			} else {
				f.Set(reflect.ValueOf(map[string]int64{"mail": 3}))
			}
		}
	}
}

// compareScan holds what is scanned in a line against what encoding/json reads
// in it.
func compareScan(t *testing.T, line []byte, must bool) {
	t.Helper()
	var scanned, parsed intervalLine
	text, ok := scanInterval(line, &scanned)
	if !ok {
		if must {
			t.Errorf("not scanned: %s", line)
		}
		return
	}
	if err := json.Unmarshal(line, &parsed); err != nil {
		if !json.Valid(line) {
			return // a text that is not looked at holds what is none
		}
		t.Fatalf("scanned: %s: %v", line, err)
	}
	if !utf8.Valid(text) {
		return // nor is it made valid, as encoding/json does: no histogram has it
	}
	histograms := parsed.Histograms
	parsed.Histograms = nil
	if len(scanned.Errors)+len(parsed.Errors) == 0 {
		scanned.Errors, parsed.Errors = nil, nil
	}
	if !reflect.DeepEqual(scanned, parsed) {
		t.Errorf("scanned as %+v, parsed as %+v", scanned, parsed)
	}
	if named := (lineHistograms{text: text}).byName(); len(named)+len(histograms) > 0 && !reflect.DeepEqual(named, histograms) {
		t.Errorf("scanned as %q, parsed as %q", named, histograms)
	}
	for name, s := range tally.SlotsByName {
		if got := string((lineHistograms{text: text}).of(s)); got != histograms[name] {
			t.Errorf("%s is %q, want %q", name, got, histograms[name])
		}
	}
}

// FuzzScanInterval: what is scanned, encoding/json reads alike.
func FuzzScanInterval(f *testing.F) {
	for _, line := range []string{
		`{"type":"interval","flow":"a","round":1,"stage":"steady","sessions_started":20,"outcomes":{"accepted":40,"failed":1},"in_window":40,"errors":[{"phase":"rcpt","class":"busy","code":421,"count":1,"example":"\u003c"}],"histograms":{"mail":"AAAA","message":"BB"},"n":1,"from":1790000000000000000,"to":1790000001000000000,"gauge":{"open":20,"peak":20},"busy":0.1,"waited":0,"spent_ns":1e9}`,
		`{"type":"interval","outcomes":[1,2,3,4],"gauge":{"due":1,"begun":1},"n":-1,"busy":1E5}`,
		`{"type":"interval","histograms":{},"errors":[],"outcomes":{}}`,
		`{"n":01,"n":1}`, `{"n":9223372036854775808}`, `{"busy":.5}`, `{"busy":1e999}`, `{"flow":"\ud800"}`, "{\"flow\":\"\xff\"}\n", `{"N":1}`, `{"outcomes":{"0":5}}`, `{}`, `{"clamped":{"mail":3}}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) { compareScan(t, line, false) })
}
