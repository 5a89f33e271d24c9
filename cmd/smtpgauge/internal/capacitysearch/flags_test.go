package capacitysearch

import (
	"strings"
	"testing"
)

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{"200": 200, "200/s": 200, "30000 messages/min": 500, "0.5 messages/s": 0.5} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{
		"": `found ""`, "0": "more than nothing", "-1": `found "-1"`, "fast": `found "fast"`, "10/fortnight": `found "10/fortnight"`, "1e3": `found "1e3"`, "500msgs": `found "500msgs"`, "1000001/s": "1000000 a second is the most", "1000000000000000": "1000000 a second is the most",
	} {
		if got, err := ParseRate(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is taken for %v, %v; want an error that says %s", text, got, err, says)
		}
	}
}
