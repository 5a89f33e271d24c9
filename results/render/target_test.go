package render

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A comparison names what each side loaded, once if it is the same.
func TestComparisonNamesTargets(t *testing.T) {
	made := func(host, banner string) *record.Run {
		p := &loadgen.Plan{Name: "one", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "flow", Target: loadgen.Target{Host: host, Port: 25}, Load: loadgen.Load{Sessions: 1}}}}
		return madeup.Stored(t, madeup.Header(p), p, func(r sample.Recorder) {
			s := sample.Series{Stage: sample.Steady}
			r.Greeting(s, netip.MustParseAddr("127.0.0.1"), &sample.Greeting{Banner: banner, Name: banner})
			r.Service(s, sample.SpanMessage, time.Millisecond)
			r.Message(s, sample.Accepted, sample.Steady, 1, 0)
			r.Window(s, samples.At(0), samples.At(time.Second))
			r.Tick(second(0))
		})
	}
	for _, test := range []struct {
		base, other *record.Run
		want        string
	}{
		{made("127.0.0.1", "mx"), made("127.0.0.1", "mx"), "one (1 round) → one (1 round)\n127.0.0.1:25 · 220 mx\n\n"},
		{made("127.0.0.1", "mx"), made("127.0.0.2", "mx"), "one (1 round) → one (1 round)\nbase: 127.0.0.1:25 · 220 mx\nnew: 127.0.0.2:25 · 220 mx\n\n"},
	} {
		c, err := compare.Compare([]*record.Run{test.base}, []*record.Run{test.other}, compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"table", "markdown", "junit", "html", "json"} {
			var b strings.Builder
			if err := Comparisons.Write(&b, format, c, Options{}); err != nil {
				t.Fatal(err)
			}
			switch {
			case format == "table" && !strings.Contains(b.String(), test.want):
				t.Errorf("want %q in\n%s", test.want, b.String())
			case !strings.Contains(b.String(), "127.0.0.1"):
				t.Errorf("%s does not name 127.0.0.1:\n%s", format, b.String())
			}
		}
	}
}

// Every format that has room for it names what was loaded.
func TestRunsNameTargets(t *testing.T) {
	run := showcase(t)
	for _, format := range []string{"table", "markdown", "junit", "html", "json"} {
		var b strings.Builder
		if err := Runs.Write(&b, format, []*record.Run{run}, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"mail.example.test", "ESMTP", "2027-02-22"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s does not have %s", format, want)
			}
		}
	}
}

// If sessions tried several addresses, a table says what became of them, and a note
// which took no connection.
func TestAddressesAreShown(t *testing.T) {
	p := &loadgen.Plan{Name: "one", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "flow", Target: loadgen.Target{Host: "mx.test", Port: 25}, Load: loadgen.Load{Sessions: 1}}}}
	made := func(visits map[string]sample.Visits) string {
		run := madeup.Stored(t, madeup.Header(p), p, func(r sample.Recorder) {
			s := sample.Series{Stage: sample.Steady}
			for at, v := range visits {
				r.Visits(s, netip.MustParseAddr(at), v)
			}
			r.Tick(second(0))
		})
		var b strings.Builder
		if err := Runs.Write(&b, "table", []*record.Run{run}, Options{All: true}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	reached, dead := sample.Visits{Started: 1200, Failed: 3}, sample.Visits{Started: 4, Unreached: 4, Why: "refused: connection refused"}
	text := made(map[string]sample.Visits{"192.0.2.1": reached, "192.0.2.2": dead})
	for _, want := range []string{
		"\nmx.test:25 at 192.0.2.1\n",
		"\nAddresses\n",
		"\nflow  192.0.2.1     1,200          0       3\n",
		"\n      192.0.2.2         4          4       0  refused: connection refused\n",
		"1 of 2 of flow flow took no connection",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for _, unsaid := range []map[string]sample.Visits{{"192.0.2.1": reached}, {"192.0.2.2": dead}} {
		if text := made(unsaid); strings.Contains(text, "Addresses") || strings.Contains(text, "took no connection") {
			t.Errorf("of one address:\n%s", text)
		}
	}
	if text := made(map[string]sample.Visits{"192.0.2.1": dead, "192.0.2.2": dead}); !strings.Contains(text, "Addresses") || strings.Contains(text, "took no connection") {
		t.Errorf("if all are dead, a note of some:\n%s", text)
	}
}
