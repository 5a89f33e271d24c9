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
)

var update = flag.Bool("update", false, "write the golden files again")

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
			for word := range strings.FieldsSeq(c.Name) { // names are broken at spaces
				if !strings.Contains(b.String(), word) {
					t.Errorf("column %s of %s is gone at 30 columns", c.Name, s.Title)
				}
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
		"junit":    writeJUnit(brokenPipe{}, []*document{fourPorts()}, Options{}),
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
