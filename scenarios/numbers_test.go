package scenarios

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// noNumber is texts that no option accepts as a number, by the kind of number: texts
// that are none, and numbers that overflow.
var noNumber = map[string][]string{
	"integer":  {".nan", ".inf", "-.inf", "NaN", "-1", "-0", "+1", "1e3", "1e999", "1.5", "0x10", "0b1", "0o7", "010", "1_000", "99999999999999999999", "9223372036854775808", "''", "'1'"},
	"duration": {".nan", ".inf", "0", "1", "-1s", "-0s", "+1s", "NaNs", "infs", "1e3s", "1e999h", "0x1s", "1_0s", "721h", "9999999999h", "99999999999999999999ns", "''"},
	"size":     {".nan", ".inf", "1", "-1B", "-0B", "NaNB", "infB", "1e3B", "0x1B", "1_0B", "2GiB", "99999999999999999999999GiB", "''"},
	"rate": {".nan", ".inf", "1", "-1 messages/s", "-0 messages/s", "NaN messages/s", "inf messages/s", "1e3 messages/s", "0x1 messages/s", "1_0 messages/s",
		"1000001 messages/s", "99999999999999999999999999 messages/h", "''"},
	"share": {".nan", ".inf", "1", "-1%", "-0%", "NaN%", "inf%", "1e3%", "0x1%", "1000000%", "''"},
}

// TestEveryNumberIsBounded goes through all options that are numbers. It finds them
// in the schema, so it finds new ones too.
func TestEveryNumberIsBounded(t *testing.T) {
	paths := map[string]string{ // the path of an option, by its name in the schema
		"scenario warmup": "warmup", "scenario seed": "seed", "scenario min_effect": "min_effect", "schedule rounds": "schedule.rounds",
		"flow port": "flows.relay.port", "load sessions": "flows.relay.load.sessions", "load messages": "flows.relay.load.messages",
		"load ramp": "flows.relay.load.ramp", "load rate": "flows.peak.load.rate", "load max_sessions": "flows.peak.load.max_sessions",
		"load duration": "flows.relay.load.duration",
		"stage for":     "flows.relay.load.stages.0.for", "stage rate": "flows.relay.load.stages.0.rate",
		"stage from": "flows.relay.load.stages.0.from", "stage to": "flows.relay.load.stages.0.to",
		"session messages": "flows.relay.session.messages", "session think": "flows.relay.session.think", "session chunk_size": "flows.relay.session.chunk_size",
		"message size": "flows.relay.message.size", "size median": "flows.relay.message.size.median", "size p99": "flows.relay.message.size.p99",
		"attachment size":     "flows.relay.message.attachments.0.size",
		"envelope recipients": "flows.relay.envelope.recipients",
		"abort over":          "abort.over", "abort after": "abort.after",
		"timeouts connect": "flows.relay.timeouts.connect", "timeouts tls": "flows.relay.timeouts.tls",
		"timeouts command": "flows.relay.timeouts.command", "timeouts body": "flows.relay.timeouts.body",
	}
	good := map[string]string{"integer": "25", "duration": "1s", "size": "2KiB", "rate": "10 sessions/s", "share": "3%"}
	zero := []string{ // options that refuse 0, which would mean that they are not given
		"schedule rounds", "flow port", "load sessions", "load messages", "load max_sessions", "envelope recipients",
	}
	zeroTime := []string{"load duration", "stage for", "abort over", "timeouts connect", "timeouts tls", "timeouts command", "timeouts body"}
	for option, kind := range numbers(t) {
		path, known := paths[option]
		if !known {
			t.Errorf("%s is a number, and is not tried here", option)
			continue
		}
		delete(paths, option)
		if faulty(t, path, good[kind]) {
			t.Errorf("%s does not take %s", option, good[kind])
		}
		values := slices.Clone(noNumber[kind])
		if slices.Contains(zero, option) {
			values = append(values, "0")
		}
		if slices.Contains(zeroTime, option) {
			values = append(values, "0s")
		}
		for _, value := range values {
			if !faulty(t, path, value) {
				t.Errorf("%s takes %s", option, value)
			}
		}
	}
	for option := range paths {
		t.Errorf("the schema has no number %s", option)
	}
	for _, threshold := range []string{
		"errors < NaN%", "errors < inf%", "errors < -1%", "errors < 101%", "errors < 1e-3", "message.p99 < NaNms", "message.p99 < -1ms", "message.p99 < 1e999s",
		"rate > NaN/s", "rate > inf/s", "rate > -1/s", "rate > 1e999/s", "accepted >= NaN", "accepted >= -1", "accepted >= 1e3", "accepted >= 99999999999999999999",
		"message.pNaN < 1s", "message.p00 < 1s", "message.p100 < 1s",
	} {
		if !faulty(t, "thresholds", `["relay.`+threshold+`"]`) {
			t.Errorf("the threshold %s is taken", threshold)
		}
	}
}

// faulty reports whether an option with a value is a fault with its position.
func faulty(t *testing.T, path, value string) bool {
	t.Helper()
	set := []string{path + "=" + value}
	switch { // the path needs something to lead to
	case strings.Contains(path, ".stages.0."):
		stage := "rate: 1 sessions/s"
		if strings.HasSuffix(path, ".from") || strings.HasSuffix(path, ".to") {
			stage = "from: 1 sessions/s, to: 2 sessions/s"
		}
		set = append([]string{"flows.relay.load={stages: [{for: 1s, " + stage + "}], max_sessions: 1}"}, set...)
	case strings.HasSuffix(path, ".chunk_size"):
		set = append([]string{"flows.relay.session.bdat=true"}, set...)
	case strings.Contains(path, ".size."):
		set = append([]string{"flows.relay.message.size={median: 1KiB, p99: 3KiB}"}, set...)
	case strings.Contains(path, ".attachments.0."):
		set = append([]string{"flows.relay.message.attachments=[{size: 1KiB}]"}, set...)
	}
	_, err := Parse("numbers.yaml", []byte(base), testOptions(set...))
	option := path[strings.LastIndexByte(path, '.')+1:]
	return err != nil && strings.Contains(err.Error(), option)
}

// numbers are the options that are numbers, by the kind of number.
func numbers(t *testing.T) map[string]string {
	t.Helper()
	type property struct {
		Ref, Type, Pattern string
		AnyOf              []property
		Properties         map[string]property
	}
	var schema struct {
		Defs map[string]property `json:"$defs"`
		property
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Properties) > 0 {
		schema.Defs["scenario"] = schema.property
	}
	kinds := map[string]string{criteria.DurationPattern: "duration", criteria.SizePattern: "size", ratePattern: "rate", minEffect.schema.Pattern: "share"}
	found := map[string]string{}
	for name, object := range schema.Defs {
		for option, p := range object.Properties {
			for _, one := range append(p.AnyOf, p) {
				if kind, ok := kinds[strings.TrimPrefix(one.Pattern, tree.ReferencePattern+"|")]; ok {
					found[name+" "+option] = kind
				} else if one.Type == "integer" || one.Type == "number" {
					found[name+" "+option] = "integer"
				}
			}
		}
	}
	return found
}
