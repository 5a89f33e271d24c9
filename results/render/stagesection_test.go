package render

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/charts"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
)

// rampRun is a run whose load outgrows a server of 700 messages a second in the fourth of
// its stages of 5 s, read from its file.
func rampRun(t *testing.T, rates ...int) *record.Run {
	t.Helper()
	p := samples.Ramp{Rates: rates, Each: 5, Capacity: 700}
	_, file := madeup.Recorded(t, madeup.Header(p.Plan()), p.Plan(), p.Length(), p.Feed)
	run, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestStagesAreOnTheScreen(t *testing.T) {
	text := screenText(t, newDocument(rampRun(t, 50, 200, 400, 800, 1600)), Options{})
	for _, want := range []string{
		"PASS: the figures may be believed; the scenario has no thresholds; the server fell behind in stage 4 of 5, at 800 msg/s",
		"1 50 msg/s 50.0 50.0 0 % 10.0 ms 10.0 ms 10.0 ms – 0",
		"4 800 msg/s 800 700 0 %",
		"from 15.0 s on 500",
		"5 1,600 msg/s 1,600 700 0 %",
		"from 20.0 s on 5,000",
		"kept up with 400 msg/s; the queue began to grow 15.0 s into the load, at 800 msg/s",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("the screen lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > screen.OneFlow {
		t.Errorf("%d lines, want at most %d:\n%s", n, screen.OneFlow, text)
	}
}

// Of stages that do not fit, those stay at which the server fell behind.
func TestScreenKeepsWhereTheQueueGrew(t *testing.T) {
	var rates []int
	for n := range 30 {
		rates = append(rates, 20+40*n)
	}
	text := screenText(t, newDocument(rampRun(t, rates...)), Options{})
	for _, want := range []string{"700 msg/s", "740 msg/s", "more stages: --all"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > screen.OneFlow || strings.Contains(text, " 20 msg/s") {
		t.Errorf("%d lines, want at most %d, the first stages left out:\n%s", n, screen.OneFlow, text)
	}
	if all := screenText(t, newDocument(rampRun(t, rates...)), Options{All: true}); !strings.Contains(all, "submit 30") || !strings.Contains(all, "submit 1 ") {
		t.Errorf("all of it lacks a stage:\n%s", all)
	}
}

func TestLoadThatIsKeptUpWithSaysSo(t *testing.T) {
	text := screenText(t, newDocument(rampRun(t, 50, 200)), Options{})
	if !strings.Contains(text, "no queue grew in any stage") || strings.Contains(text, "queue grew  ") {
		t.Errorf("%s", text)
	}
}

func TestStagesInFormatsForPrograms(t *testing.T) {
	run := rampRun(t, 50, 200, 400, 800, 1600)
	for format, wants := range map[string][]string{
		"csv": {
			"ramp,submit,stage-4.load,,,to,800,messages/s\n", "ramp,submit,stage-4.arrivals,,,due,4000,arrivals\n", "ramp,submit,stage-4.arrivals,,,waiting,500,arrivals\n",
			"ramp,submit,stage-4.rate,,,,700,messages/s\n", "ramp,submit,stage-4.queue,,,grew_at,15000000000,ns\n", "ramp,submit,stage-4.time,message,response,count,4000,samples\n",
		},
		"json":     {`"queue_grew_at_ns": 15000000000`, `"begin_ns": 20000000000`, `"waiting": 500`},
		"markdown": {"| 4 | 800 msg/s | 800 | 700 |"},
		"html":     {"Stages of the load", "submit 4"},
	} {
		var b bytes.Buffer
		if err := Runs.Write(&b, format, []*record.Run{run}, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
}

func TestPageMarksWhereQueuesGrew(t *testing.T) {
	line, err := charts.Timeline(rampRun(t, 50, 200, 400, 800, 1600))
	if err != nil {
		t.Fatal(err)
	}
	var at []float64
	for _, m := range line.Marks {
		if m.Kind == page.MarkQueue {
			at = append(at, m.At)
		}
	}
	if !slices.Equal(at, []float64{15}) { // and on in the last stage
		t.Errorf("queues begin to grow at %v s, want 15", at)
	}
}
