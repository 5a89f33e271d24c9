package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/render/junit"
)

// exported are the golden files of formats that other programs read.
func exported() map[string]func(*bytes.Buffer) error {
	m := map[string]func(*bytes.Buffer) error{
		"both.junit.xml": func(b *bytes.Buffer) error { return writeJUnit(b, []*document{fourPorts(), badDay()}, Options{}) },
		"four-ports.otava.csv": func(b *bytes.Buffer) error {
			return export.Otava(b, []*figures.Result{later(fourPorts()).Result, fourPorts().Result})
		},
		"four-ports.bench":        func(b *bytes.Buffer) error { return export.Benchmarks(b, fourPorts().Result) },
		"bad-day.bench":           func(b *bytes.Buffer) error { return export.Benchmarks(b, badDay().Result) },
		"bad-day.bencher.json":    func(b *bytes.Buffer) error { return export.Bencher(b, badDay().Result) },
		"bad-day.github.json":     func(b *bytes.Buffer) error { return export.SmallerIsBetter(b, badDay().Result) },
		"four-ports.prom":         func(b *bytes.Buffer) error { return export.Prometheus(b, fourPorts().Result) },
		"bad-day.prom":            func(b *bytes.Buffer) error { return export.Prometheus(b, badDay().Result) },
		"four-ports.bencher.json": func(b *bytes.Buffer) error { return export.Bencher(b, fourPorts().Result) },
		"four-ports.github.json":  func(b *bytes.Buffer) error { return export.SmallerIsBetter(b, fourPorts().Result) },
	}
	return m
}

func later(res *document) *document {
	res.Started = res.Started.Add(time.Hour)
	return res
}

func text(t *testing.T, write func(*bytes.Buffer) error) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}

// TestBenchstatReadsBenchmarks uses the reader that benchstat is built on.
func TestBenchstatReadsBenchmarks(t *testing.T) {
	r := benchfmt.NewReader(text(t, exported()["four-ports.bench"]), "run")
	rounds := map[string]int{}
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(rec)
		case *benchfmt.Result:
			base, parts := rec.Name.Parts()
			rounds[string(base)+string(bytes.Join(parts, nil))]++
			if got := rec.GetConfig("scenario"); got != "ports-and-tls" {
				t.Errorf("the scenario is %q", got)
			}
			for _, unit := range []string{"p50-sec", "p99-sec", "msgs/s", "errors"} {
				if v, ok := rec.Value(unit); !ok || (v <= 0 && unit != "errors") {
					t.Errorf("%s has %v %s", rec.Name, v, unit)
				}
			}
			if v, _ := rec.Value("p50-sec"); math.Abs(v-.0011) > .001 {
				t.Errorf("%s has a p50 of %v s", rec.Name, v)
			}
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	// Not relay on 25 processors.
	if want := "SMTP/flow=relay-25-2"; rounds[want] != 3 || len(rounds) != 4 {
		t.Errorf("rounds by name: %v, want 3 of %s", rounds, want)
	}
	units := r.Units()
	for unit, better := range map[string]int{"p50-sec": -1, "p99-sec": -1, "msgs/s": 1, "errors": -1} {
		if got := units.GetBetter(unit); got != better {
			t.Errorf("better %s is %d, want %d", unit, got, better)
		}
	}
}

func TestBenchmarkNamesAreOneWord(t *testing.T) {
	res := fourPorts()
	res.Flows["two words\n"], res.FlowOrder = res.Flows["relay-25"], []string{"two words\n"}
	b := text(t, func(b *bytes.Buffer) error { return export.Benchmarks(b, res.Result) })
	if !strings.Contains(b.String(), "\nBenchmarkSMTP/flow=two_words\\x0a-2 ") {
		t.Errorf("got %s", b)
	}
}

// TestJUnitKeepsForeignTextApart holds what a server says within its element,
// CDATA's own end above all.
func TestJUnitKeepsForeignTextApart(t *testing.T) {
	res := badDay()
	res.Flows["inbound"].Errors[0].Example = hostile
	res.Thresholds[0].Expr = `a"b<c>&]]>` + "\x00"
	b := text(t, func(b *bytes.Buffer) error { return writeJUnit(b, []*document{res}, Options{}) })
	var report junit.Report
	if err := xml.Unmarshal(b.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	s := report.Suites[0]
	if !strings.Contains(s.Output.Text, "</script><script>") || len(s.Cases) != 7 {
		t.Errorf("%d cases, output:\n%s", len(s.Cases), s.Output.Text)
	}
	if want := `a"b<c>&]]>\x00`; s.Cases[2].Name != want {
		t.Errorf("the threshold is %q, want %q", s.Cases[2].Name, want)
	}
}

func TestOtavaHasARowARun(t *testing.T) {
	rows, err := csv.NewReader(text(t, exported()["four-ports.otava.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][0] != "2026-11-21T10:00:00Z" || rows[2][0] != "2026-11-21T11:00:00Z" {
		t.Fatalf("rows: %q, want two in order of time", rows)
	}
	if i := slices.Index(rows[0], "submit-587.messages_per_second"); i < 0 || rows[1][i] != "3104.7" {
		t.Errorf("rates are not there: %q", rows[:2])
	}
	if err := export.Otava(&bytes.Buffer{}, []*figures.Result{badDay().Result}); err == nil || !strings.Contains(err.Error(), "flow dead of the run of 2026-11-21T10:00:00Z measured nothing") {
		t.Errorf("a flow without a sample: %v", err)
	}
	other := fourPorts()
	other.FlowOrder = other.FlowOrder[:2]
	if err := export.Otava(&bytes.Buffer{}, []*figures.Result{fourPorts().Result, other.Result}); err == nil || !strings.Contains(err.Error(), "other flows") {
		t.Errorf("rows of different columns: %v", err)
	}
}

func TestBencherBoundsHoldTheValue(t *testing.T) {
	var all map[string]map[string]struct {
		Value float64  `json:"value"`
		Lower *float64 `json:"lower_value"`
		Upper *float64 `json:"upper_value"`
	}
	if err := json.Unmarshal(text(t, exported()["four-ports.bencher.json"]).Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 4 {
		t.Errorf("%d benchmarks", len(all))
	}
	for name, measures := range all {
		for measure, m := range measures {
			if m.Lower == nil || m.Upper == nil || *m.Lower > m.Value || *m.Upper < m.Value {
				t.Errorf("%s %s is %+v", name, measure, m)
			}
		}
	}
	if m := all["ports-and-tls/relay-25"]["throughput"]; m.Value != 4113.4 {
		t.Errorf("throughput is %v messages/s", m.Value)
	}
}

// TestOnlyWhatIsBetterSmallerIsTracked: a rate among them would be an alert
// for each improvement.
func TestOnlyWhatIsBetterSmallerIsTracked(t *testing.T) {
	var all []struct{ Name, Unit, Range string }
	if err := json.Unmarshal(text(t, exported()["four-ports.github.json"]).Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 12 {
		t.Errorf("%d figures, want 3 of each of 4 flows", len(all))
	}
	for _, b := range all {
		if strings.Contains(b.Name, "rate") || b.Unit == "" || b.Range == "" {
			t.Errorf("%+v", b)
		}
	}
}

func TestFormatsOfOneRunRefuseSeveral(t *testing.T) {
	run := showcase(t)
	for _, format := range []string{"bencher", "github-benchmark", "prometheus", "html"} {
		if err := Runs.Write(&bytes.Buffer{}, format, []*record.Run{run, run}, Options{}); err == nil || !strings.Contains(err.Error(), format+" holds one run, not 2") {
			t.Errorf("%s: %v", format, err)
		}
	}
	for _, format := range []string{"junit", "otava", "benchfmt", "table"} {
		if err := Runs.Write(&bytes.Buffer{}, format, []*record.Run{run, run}, Options{}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}
