package spelling

import "testing"

func TestSuggest(t *testing.T) {
	known := []string{"sessions", "messages", "duration"}
	for name, want := range map[string]string{
		"sesions": `did you mean "sessions"? `, "MESSAGES": `did you mean "messages"? `, "durations": `did you mean "duration"? `,
		"": "", "x": "", "quite-another-word": "",
	} {
		if got := Suggest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Suggest("x", nil); got != "" {
		t.Errorf("of no names: %q", got)
	}
}

func TestSuggestPath(t *testing.T) {
	known := []string{"message.p99", "message.p50", "message.response.p99", "resolve.p99", "errors", "message.p99.drift", "server.memory.drift", "server.cpu_per_message"}
	for name, test := range map[string]struct {
		want string
		near bool
	}{
		"mesage.p99":          {"message.p99", true},
		"p99":                 {"message.p99", true},
		"p98":                 {"message.p99", false},
		"response.p99":        {"message.response.p99", true},
		"message.respons.p99": {"message.response.p99", true},
		"p99.drfit":           {"message.p99.drift", true},
		"memory.drift":        {"server.memory.drift", true},
		"eror":                {"errors", false},
		"server.cpu":          {"server.cpu_per_message", false},
		"ser":                 {"", false},
		"submit.p99":          {"", false},
		"zz":                  {"", false},
		"":                    {"", false},
	} {
		want := test.want
		if want != "" {
			want = didYouMean(want)
		}
		if got := SuggestPath(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		if near := IsNearPath(name, known); near != test.near {
			t.Errorf("%q is near: %v", name, near)
		}
	}
}
