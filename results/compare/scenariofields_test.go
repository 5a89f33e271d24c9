package compare

import (
	"encoding/json"
	"testing"
)

func TestFieldsThatDiffer(t *testing.T) {
	tests := []struct{ name, base, other, want string }{
		{"the same", `{"flows":{"a":{"port":25}}}`, `{"flows":{"a":{"port":25}}}`, ""},
		{"one field of all flows", `{"flows":{"a":{"target":{"host":"x"}},"b":{"target":{"host":"x"}}}}`,
			`{"flows":{"a":{"target":{"host":"y"}},"b":{"target":{"host":"y"}}}}`, "flows.*.target.host is x, now y"},
		{"a field that came and one that went", `{"warmup":"2s"}`, `{"baseline":"a"}`, "baseline is not set, now a; warmup is 2s, now not set"},
		{"an element of a list", `{"thresholds":["a < 1"]}`, `{"thresholds":["a < 2"]}`, "thresholds[0] is a < 1, now a < 2"},
		{"more than are shown", `{"a":1,"b":1,"c":1,"d":1,"e":1}`, `{"a":2,"b":2,"c":2,"d":2,"e":2}`, "a is 1, now 2; b is 1, now 2; c is 1, now 2; and 2 more fields"},
		{"no scenario in an old file", ``, `{"a":2}`, ""},
		{"a long value", `{"a":"0123456789012345678901234567890123456789x"}`, `{"a":1}`, "a is 012345678901234567890123456789012345678…, now 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fieldsThatDiffer(json.RawMessage(tt.base), json.RawMessage(tt.other)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
