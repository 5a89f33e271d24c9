package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

var update = flag.Bool("update", false, "write the golden files again")

// spread makes a distribution around a median.
func spread(count int64, m time.Duration) *figures.Distribution {
	return &figures.Distribution{Count: count, P50: m, P90: 2 * m, P99: 5 * m, P999: 11 * m, Max: 23 * m, Mean: m + m/4}
}

func phases(messages, sessions int64, median time.Duration, names ...string) map[string]*figures.Phase {
	m := map[string]*figures.Phase{}
	for i, name := range names {
		n := messages
		if p, _ := sample.ParsePhase(name); p < sample.Mail || p == sample.Quit || p == sample.SpanSession {
			n = sessions
		}
		m[name] = &figures.Phase{Count: n, Service: spread(n, median*time.Duration(i+3)/8)}
	}
	return m
}

func closedFlow(label string, rate float64, median time.Duration, names ...string) *figures.Flow {
	f := &figures.Flow{
		Label: label, Load: "closed", Rate: rate, Window: 30 * time.Second,
		Sessions:   tally.SessionCounts{Started: 12_350, Completed: 12_300, Failed: 50, Peak: 50},
		Messages:   tally.MessageCounts{Attempted: 123_460, Accepted: 123_400, Rejected: 40, Failed: 19, Unknown: 1},
		Recipients: tally.RecipientCounts{Accepted: 123_400, Rejected: 40},
		Phases:     phases(123_460, 12_350, median, append(names, "mail", "rcpt", "data", "body", "quit", "message", "session")...),
		Warmup:     &figures.Warmup{Messages: tally.MessageCounts{Attempted: 4_000, Accepted: 4_000}},
	}
	for i := range 3 {
		share := tally.MessageCounts{Attempted: 41_153, Accepted: 41_133, Rejected: 13, Failed: 6, Unknown: 1}
		f.Rounds = append(f.Rounds, figures.Round{Round: i + 1, Messages: share, Rate: rate + float64(i), Message: spread(41_133, median+time.Duration(i)*time.Microsecond)})
	}
	return f
}

// fourPorts is a valid run of closed load with a baseline and all thresholds
// met.
func fourPorts() *document {
	return &document{Result: &figures.Result{
		Format: "smtpgauge.result/1", Name: "ports-and-tls", Started: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		Elapsed: 128 * time.Second, Clock: "kernel",
		Verdict: figures.Verdict{Failures: []string{}, Validity: figures.Validity{Valid: true, Reasons: []string{}, Notes: []string{"p99.9 of smtps-465 is read off 9 samples"}},
			Conclusion: criteria.Conclusion{Word: criteria.Pass, Reason: "2 thresholds met"}},
		Generator: figures.Generator{
			CPUSeconds: 52.2, MaxRSS: 48 << 20, GOMAXPROCS: 2, Shards: 1, GCPauses: 12, GCPauseTotal: 1_230_000, GCPauseMax: 210_000,
			BusiestShare: 0.41, DeniedShare: 0.021, Free: &record.FreeAround{Before: 1.93, After: 1.97}, Own: spread(70_000, 40*time.Microsecond), UnstampedShare: 0.0001, Delay: spread(700_000, 12*time.Microsecond), OwnShare: 0.013,
		},
		Environment: record.Environment{Host: "bench", OS: "linux", Arch: "amd64", Kernel: "6.12.1", Cores: 2, GOMAXPROCS: 2, Go: "go1.26.0", Version: "v0.1.0"},
		Seed:        7, Baseline: "relay-25",
		Target: map[string]*figures.Target{
			"relay-25":   targetOf("mail.example.test", 25, postfix("192.0.2.25", "mail.example.test ESMTP Postfix", false)),
			"smtps-465":  targetOf("mail.example.test", 465, postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
			"submit-587": targetOf("mail.example.test", 587, postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
			"alt-2525":   targetOf("mail.example.test", 2525, postfix("192.0.2.25", "mail.example.test ESMTP Postfix", true)),
		},
		FlowOrder: []string{"relay-25", "smtps-465", "submit-587", "alt-2525"},
		Flows: map[string]*figures.Flow{
			"relay-25":   closedFlow("25 none", 4113.4, 900*time.Microsecond, "resolve", "connect", "banner", "ehlo"),
			"smtps-465":  closedFlow("465 implicit PLAIN", 3320, 1100*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "auth"),
			"submit-587": closedFlow("587 starttls PLAIN", 3104.7, 1300*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "starttls", "ehlo-tls", "auth"),
			"alt-2525":   closedFlow("2525 starttls LOGIN", 3099, 1310*time.Microsecond, "resolve", "connect", "tls", "banner", "ehlo", "starttls", "ehlo-tls", "auth"),
		},
		Thresholds: aboutFigures([]figures.ThresholdResult{
			{Expr: "submit-587.message.p99 < 250ms", Value: new(6_500_000.0), OK: true},
			{Expr: "relay-25.errors < 0.1%", Value: new(0.000486), OK: true},
		}),
	}}
}

// aboutFigures says of thresholds which figures they are about.
func aboutFigures(list []figures.ThresholdResult) []figures.ThresholdResult {
	for i := range list {
		t, err := criteria.ParseThreshold(list[i].Expr)
		if err != nil {
			panic(err)
		}
		list[i].Metric = t.Metric
	}
	return list
}

// badDay is an invalid, interrupted and partial run of open load beside
// closed, with errors, missed thresholds, a flow that measured nothing, and a
// server that is out to harm.
func badDay() *document {
	inbound := &figures.Flow{
		Label: "25 none", Load: "open", Rate: 291.4, Window: 30 * time.Second,
		Sessions:   tally.SessionCounts{Started: 8_990, Completed: 8_742, Failed: 248, Peak: 2_000},
		Messages:   tally.MessageCounts{Attempted: 8_990, Accepted: 8_742, Rejected: 230, Failed: 17, Unknown: 1},
		Recipients: tally.RecipientCounts{Accepted: 17_484, Rejected: 460},
		Arrivals:   &tally.ArrivalCounts{Due: 9_000, Begun: 8_990},
		Phases:     phases(8_990, 8_990, 2*time.Millisecond, "connect", "banner", "ehlo", "mail+rcpt+data", "body", "quit", "message", "session"),
		Errors: []tally.FailureCount{
			{Phase: "rcpt", Class: "recipient-unknown", Code: 550, Enhanced: "5.1.1", Count: 12_345,
				Example: "550 5.1.1 <user4711@example.test>: Recipient address rejected: User unknown in local recipient table | see <https://mail.example.test/help>"},
			{Phase: "body", Class: "tempfail", Code: 451, Count: 9, Example: "451 try \x1b[31;1m\u009b2Jagain\u202e later\r\n"},
			{Phase: "connect", Class: "refused", Count: 3, Example: "connection refused"},
		},
	}
	for _, span := range []string{"message", "session"} {
		p := inbound.Phases[span]
		p.Response, p.Lag = spread(p.Count, 9*time.Millisecond), spread(p.Count, 7*time.Millisecond)
	}
	return &document{Result: &figures.Result{
		Format: "smtpgauge.result/1", Name: "bad \"day\" | \x1b]0;owned\a", Started: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		Elapsed: 31 * time.Second, Partial: true, Interrupted: true, Clock: "mixed",
		Verdict: figures.Verdict{Validity: figures.Validity{
			Reasons: []string{
				"generator-bound: arrivals began late: p99 31.0 ms after they were due, limit 1.00 ms; use a lower rate or a faster machine",
			},
			Notes: []string{"partial: the run file has lost its end; figures are of what is there"},
		}, Conclusion: criteria.Conclusion{Word: criteria.Failed, Reason: "flow dead: nothing was accepted; most often connect: connection refused (refused at connect)"},
			Failures: []string{"flow dead: nothing was accepted; most often connect: connection refused (refused at connect)"}},
		Generator:   figures.Generator{UnstampedShare: 0.021, Late: spread(8_990, 2*time.Millisecond), ClockSteps: []time.Duration{-1_500_000_000}},
		Environment: record.Environment{OS: "linux", Arch: "amd64", Cores: 2, Go: "go1.26.0", Version: "v0.1.0"},
		Target: map[string]*figures.Target{
			"inbound": targetOf("127.0.0.1", 25, postfix("127.0.0.1", "mx \x1b[2J ESMTP | <b>\u202e", false)),
			"dead":    targetOf("/run/dead", 0),
		},
		FlowOrder: []string{"inbound", "dead"},
		Flows: map[string]*figures.Flow{
			"inbound": inbound,
			"dead":    {Label: "unix none", Load: "closed", Phases: map[string]*figures.Phase{}},
		},
		Thresholds: aboutFigures([]figures.ThresholdResult{
			{Expr: "inbound.message.response.p99 < 5ms", Value: new(45_000_000.0)},
			{Expr: "inbound.rate >= 300/s", Value: new(291.4)},
			{Expr: "inbound.unknown < 1", Value: new(1.0)},
			{Expr: "dead.tls.p99.9 < 5ms", Reason: "no samples of tls"},
			{Expr: "inbound.errors <= 5%", Value: new(0.0276), OK: true},
		}),
	}}
}

// written are the golden files and what writes them.
func written(t *testing.T) map[string]func(*bytes.Buffer) error {
	m := map[string]func(*bytes.Buffer) error{
		"percentiles.hgrm": func(b *bytes.Buffer) error { return export.Percentiles(b, []string{"inbound"}, someHistograms) },
		"bad-day-colour.txt": func(b *bytes.Buffer) error {
			return writeTables(b, badDay(), Options{Color: true})
		},
	}
	maps.Copy(m, exported())
	maps.Copy(m, matrices(t))
	for name, res := range map[string]*document{"four-ports": fourPorts(), "bad-day": badDay()} {
		for _, width := range []int{80, 100, 160} {
			m[fmt.Sprintf("%s-%d.txt", name, width)] = func(b *bytes.Buffer) error {
				return writeTables(b, res, Options{Width: width})
			}
		}
		m[name+"-all.txt"] = func(b *bytes.Buffer) error { return writeTables(b, res, Options{All: true}) }
		m[name+".md"] = func(b *bytes.Buffer) error { return writeMarkdown(b, res, Options{}) }
		m[name+".csv"] = func(b *bytes.Buffer) error { return export.CSV(b, res.Result, res.Matrix) }
		m[name+".json"] = func(b *bytes.Buffer) error { return writeJSON(b, res) }
	}
	return m
}

func someHistograms(_ string, phase sample.Phase, part sample.Part) *histogram.Histogram {
	if phase != sample.SpanMessage || part == sample.Lag {
		return nil
	}
	h := histogram.New()
	for i := range 100 {
		h.Record(time.Duration(i+1) * time.Millisecond)
	}
	return h
}

func TestGolden(t *testing.T) {
	for name, write := range written(t) {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s is not what is written now (-update makes it so):\n%s", path, got.Bytes())
			}
		})
	}
}

func TestTablesKeepWithinWidth(t *testing.T) {
	for _, res := range []*document{fourPorts(), badDay(), madeMatrix(t)} {
		for _, width := range []int{60, 80, 100, 120, 160, 200} {
			text := screenText(t, res, Options{Width: width}) + screenText(t, res, Options{Width: width, All: true})
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); n > width {
					t.Errorf("%d columns where %d were given: %s", n, width, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("a line ends in a space: %q", line)
				}
			}
		}
	}
}

func TestNarrowTablesLoseNoColumn(t *testing.T) {
	var b bytes.Buffer
	if err := writeTables(&b, fourPorts(), Options{Width: 30, All: true}); err != nil {
		t.Fatal(err)
	}
	for _, s := range fourPorts().report() {
		for _, c := range s.Columns {
			if !strings.Contains(b.String(), c.Name) {
				t.Errorf("column %s of %s is gone at 30 columns", c.Name, s.Title)
			}
		}
	}
}

func TestNothingUnprintableIsWritten(t *testing.T) {
	for name, write := range written(t) {
		if name == "bad-day-colour.txt" {
			continue
		}
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(b.String(), "\t", "") // HdrHistogram's header has tabs
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && printable.Text(string(r)) != string(r) }); i >= 0 {
			t.Errorf("%s holds %q", name, text[i:min(len(text), i+20)])
		}
	}
}

func TestColourIsOnlyWhereAsked(t *testing.T) {
	for _, o := range []Options{{}, {All: true}} {
		plain := screenText(t, badDay(), o)
		o.Color = true
		red := screenText(t, badDay(), o)
		want := []string{"FAILED", "2.76 %"}
		if o.All {
			want = []string{"FAILED", "missed", "recipient-unknown"}
		}
		for _, text := range want {
			if !strings.Contains(red, "\x1b[31m"+text+"\x1b[0m") {
				t.Errorf("%s is not red", text)
			}
		}
		if got := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(red); got != plain {
			t.Errorf("colour changes more than colour:\n%s", got)
		}
	}
}

func TestNoSamplesAreNoFigure(t *testing.T) {
	var b bytes.Buffer
	if err := writeTables(&b, badDay(), Options{Width: 160, All: true}); err != nil {
		t.Fatal(err)
	}
	i := strings.Index(b.String(), "\ndead ")
	row := b.String()[i+1:]
	row = row[:strings.IndexByte(row, '\n')]
	want := []string{"dead", "–", "0", "0", "0", "0", "0", "unix", "none", "–", "–", "–", "–", "–"}
	if got := strings.Fields(row); !slices.Equal(got, want) {
		t.Errorf("a flow without samples is shown as %q, want %q", got, want)
	}
	b.Reset()
	if err := export.CSV(&b, badDay().Result, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), ",dead,time,") || strings.Contains(b.String(), ",dead,rate,") {
		t.Errorf("figures of a flow without samples:\n%s", b.String())
	}
}

func TestCSVReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := export.CSV(&b, badDay().Result, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`bad "day" | \x1b]0;owned\x07`, "inbound", "time", "message", "response", "p99", "45000000", "ns"}
	if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, want) }) {
		t.Errorf("no row %q", want)
	}
}

func TestJSONReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := writeJSON(&b, badDay()); err != nil {
		t.Fatal(err)
	}
	var back figures.Result
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	want, got := badDay(), &back
	if got.Name != want.Name || got.Flows["inbound"].Errors[1].Example != want.Flows["inbound"].Errors[1].Example {
		t.Errorf("text changed on its way: %q, %q", got.Name, got.Flows["inbound"].Errors[1].Example)
	}
}

func TestEveryFormatShowsARun(t *testing.T) {
	p := &loadgen.Plan{Name: "small", Flows: []loadgen.Flow{{Name: "relay-25", Target: loadgen.Target{Port: 25}}}, Scenario: []byte(`{}`)}
	h := madeup.Header(p)
	h.Baseline = ""
	r := madeup.Stored(t, h, p, func(r sample.Recorder) {
		steady := sample.Series{Stage: sample.Steady}
		r.Service(steady, sample.Mail, time.Millisecond)
		r.Service(steady, sample.SpanMessage, time.Millisecond)
		r.Message(steady, sample.Accepted, sample.Steady, 1, 0)
		r.Window(steady, samples.At(0), samples.At(time.Second))
		r.Tick(second(0))
	})
	headlines := []string{"benchfmt", "otava", "bencher", "github-benchmark"} // these are of messages alone
	for _, format := range Runs.Names() {
		var b bytes.Buffer
		if err := Runs.Write(&b, format, []*record.Run{r}, Options{All: true}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		for _, want := range []string{"relay-25", "mail"} {
			if want == "mail" && slices.Contains(headlines, format) {
				continue
			}
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s says nothing of %s:\n%s", format, want, b.String())
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	err := Runs.Write(&bytes.Buffer{}, "yaml", []*record.Run{nil}, Options{})
	if err == nil || !strings.Contains(err.Error(), "table, json, markdown, csv, hgrm") {
		t.Errorf("got %v, want an error that names the formats", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteErrorsAreTold(t *testing.T) {
	for name, err := range map[string]error{
		"table":    writeTables(brokenPipe{}, fourPorts(), Options{}),
		"markdown": writeMarkdown(brokenPipe{}, fourPorts(), Options{}),
		"csv":      export.CSV(brokenPipe{}, fourPorts().Result, nil),
		"json":     writeJSON(brokenPipe{}, fourPorts()),
		"hgrm":     export.Percentiles(brokenPipe{}, []string{"inbound"}, someHistograms),
		"benchfmt": export.Benchmarks(brokenPipe{}, fourPorts().Result),
		"junit":    writeJUnit(brokenPipe{}, []*document{fourPorts()}),
		"otava":    export.Otava(brokenPipe{}, []*figures.Result{fourPorts().Result}),
		"bencher":  export.Bencher(brokenPipe{}, fourPorts().Result),
		"github":   export.SmallerIsBetter(brokenPipe{}, fourPorts().Result),
		"metrics":  export.Prometheus(brokenPipe{}, fourPorts().Result),
		"html":     writePage(brokenPipe{}, unmeasured(t, "one")),
	} {
		if err == nil {
			t.Errorf("%s hides that it could not be written", name)
		}
	}
}
