package render

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/charts"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestPageIsWholeAndSafe(t *testing.T) {
	page := pageText(t, showcase(t))
	for _, bad := range []string{"<script>document.title", "<img", "<link", "@import", "url(", "src=\"", "\x1b", "\u202e"} {
		if i := strings.Index(page, bad); i >= 0 {
			t.Errorf("the page holds %q: %q", bad, page[max(0, i-60):i+60])
		}
	}
	if n := strings.Count(page, "</script>"); n != strings.Count(page, "<script") {
		t.Errorf("%d scripts end, %d begin", n, strings.Count(page, "<script"))
	}
	for _, want := range []string{"ports &amp; &lt;tls&gt;", "default-src &#39;none&#39;", "&lt;/script&gt;", "The MIT License"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	_, data, _ := strings.Cut(page, `<script type="application/json" id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	if !json.Valid([]byte(data)) {
		t.Errorf("the data is not JSON: %.200s", data)
	}
}

// TestPageAnswersFirst: what a run came to, how far the server kept up and what limits it stand
// above all charts, and once.
func TestPageAnswersFirst(t *testing.T) {
	run := rampRun(t, 50, 800)
	for i := range 10 {
		run.Server.Add(&tally.ServerSample{From: samples.At(time.Duration(i) * time.Second), To: samples.At(time.Duration(i+1) * time.Second), CPU: 3990 * time.Millisecond, Cores: 4, Processes: 2, Memory: 1 << 20})
	}
	page := pageText(t, run)
	chart := strings.Index(page, "data-chart=")
	for _, want := range []string{`class="word"`, "kept up with 50 msg/s; the queue began to grow", "What limits it", "server-cpu-full"} {
		switch at := strings.Index(page, want); {
		case at < 0 || at > chart:
			t.Errorf("%q stands at %d, and the first chart at %d", want, at, chart)
		case strings.Contains(page[chart:], want):
			t.Errorf("%q stands below the charts as well", want)
		}
	}
}

// TestPageOfALiveRun: a run that was not read from a file has no intervals,
// and so no charts over time, but all else.
func TestPageOfALiveRun(t *testing.T) {
	run := showcase(t)
	run.Intervals = nil
	page := pageText(t, run)
	if strings.Contains(page, `data-chart="rate"`) || !strings.Contains(page, `data-chart="percentiles"`) {
		t.Error("charts over time without intervals, or no percentiles")
	}
}

func TestTimelineAddsUp(t *testing.T) {
	run := showcase(t)
	line, err := charts.Timeline(run)
	if err != nil {
		t.Fatal(err)
	}
	if line.Step != 1 || len(line.At) < 60 || len(line.Bands) != 3 {
		t.Fatalf("%d bins of %v s, %d warm-ups", len(line.At), line.Step, len(line.Bands))
	}
	if b := line.Bands[1]; b.From != 20 || b.To != 22 {
		t.Errorf("the second warm-up is %+v, want 20 to 22 s", b)
	}
	relay, alt := line.Flows[0], line.Flows[3]
	if relay.Rate[10] != 130 || relay.Open[10] != 47 {
		t.Errorf("relay-25 has %v messages/s over %v sessions in second 10", relay.Rate[10], relay.Open[10])
	}
	if alt.P99[30] < 3*alt.P99[10] {
		t.Errorf("p99 of alt-2525 is %v ms where it is slow, %v elsewhere", alt.P99[30], alt.P99[10])
	}
	failures := 0.0
	for _, e := range line.Errors.Series {
		for _, n := range e.Count {
			failures += n
		}
	}
	if len(line.Errors.Series) != 3 || math.Round(failures) != 63 {
		t.Errorf("%v failures of %d classes, want 63 of 3", failures, len(line.Errors.Series))
	}
}

// TestLongTimelineIsThinned: percentiles of a bin are those of its seconds
// merged, and rates their mean.
func TestLongTimelineIsThinned(t *testing.T) {
	run := showcase(t)
	one := run.Intervals[:]
	run.Intervals = nil
	for _, s := range one {
		s.Number = s.Number*100 - 50 // 6,000 s
		s.From, s.To = samples.At(time.Duration(s.Number-1)*time.Second), samples.At(time.Duration(s.Number)*time.Second)
		run.Intervals = append(run.Intervals, s)
	}
	line, err := charts.Timeline(run)
	if err != nil {
		t.Fatal(err)
	}
	if len(line.At) > 900 || line.Step != 7 {
		t.Errorf("%d bins of %v s", len(line.At), line.Step)
	}
}

func TestBrokenIntervalIsTold(t *testing.T) {
	_, file := madeup.Collect(t, 1)
	line := bytes.Index(file, []byte(`{"type":"interval","flow":"closed","round":1,"stage":"steady"`))
	at := line + bytes.Index(file[line:], []byte(`"message":"`)) + len(`"message":"`)
	broken := slices.Concat(file[:at], []byte("?"), file[at:])
	run, err := record.Read(bytes.NewReader(broken))
	if err != nil {
		t.Fatal(err)
	}
	if err := Runs.Write(&strings.Builder{}, "html", []*record.Run{run}, Options{}); err == nil || !strings.Contains(err.Error(), "of flow closed") {
		t.Errorf("got %v, want an error that says where", err)
	}
}

func TestBreakdownIsOfAMessage(t *testing.T) {
	f := &figures.Flow{Phases: map[string]*figures.Phase{
		"rcpt": {Service: &figures.Distribution{Count: 300, Mean: 100}}, // three a message
		"mail": {Service: &figures.Distribution{Count: 100, Mean: 50}},
	}}
	row := breakdownOf(f, 0, messageParts, 100)
	if row.Times[0] != 50 || row.Times[1] != 300 || row.Times[2] != 0 {
		t.Errorf("a message is made of %v", row.Times)
	}
}

// A bar has the parts that some flow has. No part of a pipelined message counts twice, and
// only run files of earlier versions have parts that go beyond the whole.
func TestBarsStayWithinTheWhole(t *testing.T) {
	flows := madeup.MadePorts()
	message := func(flows []madeup.Flow) page.Breakdown {
		return newDocument(madeup.Made(t, flows, 1)).breakdowns()[1]
	}
	b := message(flows)
	if want := []string{"mail", "rcpt", "data", "mail+rcpt+data", "body"}; !slices.Equal(b.Parts, want) || strings.Contains(b.Note, "earlier version") {
		t.Errorf("parts %v, note %q", b.Parts, b.Note)
	}
	for i := range b.Rows {
		if r := &b.Rows[i]; r.Sum() > r.Mark {
			t.Errorf("%s: %v in parts of %v", flows[i].Name, r.Sum(), r.Mark)
		}
	}
	flows[1].Message = flows[0].Message
	if b := message(flows); !strings.Contains(b.Note, "earlier version") {
		t.Errorf("nothing is said of parts beyond the whole: %q", b.Note)
	}
}

func TestRunOfUnmeasuredFlowsHasAPage(t *testing.T) {
	r := unmeasured(t, "dead")
	if page := pageText(t, r); !strings.Contains(page, "FAILED") || !strings.Contains(page, "dead") {
		t.Error("the page does not say what it is about")
	}
}

// TestPageHasTheMatrix: every flow and every choice has its place, also where
// nothing was delivered, and names from a file stay text.
func TestPageHasTheMatrix(t *testing.T) {
	flows := append(madeup.MadePorts(), madeup.Flow{Name: "<b>dead", Port: 26, Messages: 10, Failing: 100})
	page := pageText(t, madeup.Made(t, flows, 6))
	for want, n := range map[string]int{
		"What a delivered message costs, against relay-25": 1, `scope="rowgroup"`: 14, ">baseline<": 1, "TLS none → starttls": 2,
		`class="whisker"`: 24, "&lt;b&gt;dead": 9,
	} {
		if got := strings.Count(page, want); got < n {
			t.Errorf("%d of %s, want %d", got, want, n)
		}
	}
	if strings.Contains(page, "<b>dead") || strings.Contains(page, "NaN") {
		t.Error("a flow's name is markup, or a figure of nothing is shown")
	}
}
