package record

import (
	"encoding/json"
	"testing"
)

func TestLoadsDiffer(t *testing.T) {
	load := func(text string) FlowLoad { return NewFlowLoad(json.RawMessage(text)) }
	one := load(`{"sessions": 1, "duration": "10s"}`)
	if one.Text != "1 session" {
		t.Errorf("the load is %q", one.Text)
	}
	for text, want := range map[string]struct {
		differs bool
		text    string
	}{
		`{"duration": "20s", "sessions": 1, "ramp": "1s", "abort": {"when": "errors > 20%"}}`: {false, "1 session"},
		`{"sessions": 1, "messages": 100}`:                                   {false, "1 session"},
		`{"sessions": 1200, "duration": "10s"}`:                              {true, "1,200 sessions"},
		`{"rate": "200 messages/s", "max_sessions": 50}`:                     {true, "200 messages/s"},
		`{"stages": [{"for": "1s", "rate": "1 messages/s"}, {"for": "2s"}]}`: {true, "2 stages"},
		`{"sessions": 1e9999}`:                                               {true, "another load"},
		``:                                                                   {false, ""},
		`{}`:                                                                 {false, ""},
		`[1]`:                                                                {false, ""},
	} {
		if got := load(text); got.Differs(one) != want.differs || one.Differs(got) != want.differs || got.Text != want.text {
			t.Errorf("%s is %q, and differs from one session: %t", text, got.Text, got.Differs(one))
		}
	}
}
