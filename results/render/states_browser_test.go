//go:build browser

package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A state is a run that came to something out of the ordinary, and what its page has.
type state struct {
	run    *record.Run
	charts []string // and no others
	tiles  []string
	says   string
}

func states(t *testing.T) map[string]state {
	closed := func(name string) *loadgen.Plan {
		return &loadgen.Plan{Name: name, Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "relay", Target: loadgen.Target{Port: 25}, Load: loadgen.Load{Sessions: 1}}}}
	}
	load := sample.Series{Stage: sample.Steady}
	lasting := func(d time.Duration) map[sample.Series][2]time.Duration {
		return map[sample.Series][2]time.Duration{load: {0, d}, {Stage: sample.Drain}: {d, d}}
	}
	seconds := func(n int, of madeup.Spell) []madeup.Spell {
		var list []madeup.Spell
		for i := range n {
			of.Series, of.From, of.To = load, time.Duration(i)*time.Second, time.Duration(i+1)*time.Second
			list = append(list, of)
		}
		return list
	}
	staged := closed("staged")
	staged.Flows[0].Load = loadgen.Load{Unit: loadgen.Messages, Stages: []pace.Stage{{For: 2 * time.Second, To: 50}, {For: 4 * time.Second, From: 50, To: 50}}}
	rising := seconds(6, madeup.Spell{Accepted: 40})
	for i := range rising {
		rising[i].Due = int64(50 * (i + 1))
	}
	interrupted := madeup.FromSpells(t, closed("interrupted"), append(seconds(3, madeup.Spell{Accepted: 30}),
		madeup.Spell{Series: load, From: 3 * time.Second, To: 3200 * time.Millisecond, Accepted: 5}), lasting(3200*time.Millisecond))
	interrupted.Closing.Interrupted = true
	return map[string]state{
		"staged": {madeup.FromSpells(t, staged, rising, lasting(6*time.Second)), []string{"rate", "latency", "open", "percentiles"},
			[]string{"accepted", "response p50", "response p99", "errors 0 %", "sessions at once, at most 1"}, "offered"},
		"interrupted": {interrupted, []string{"rate", "latency", "open", "percentiles"}, []string{"accepted 29.7 msg/s", "service p99 1.00 ms", "errors 0 %"}, "interrupted"},
		"part-of-a-second": {madeup.FromSpells(t, closed("part"), []madeup.Spell{{Series: load, To: 300 * time.Millisecond, Accepted: 9}}, lasting(300*time.Millisecond)),
			[]string{"rate", "latency", "percentiles"}, []string{"accepted 30.0 msg/s"}, ""},
		"rejected": {madeup.FromSpells(t, closed("rejected"), seconds(4, madeup.Spell{Rejected: 20}), lasting(4*time.Second)),
			[]string{"errors", "open"}, []string{"accepted 0 msg/s", "errors 100 %"}, "Relay access denied"},
		"dead": {madeup.FromSpells(t, closed("dead"), seconds(2, madeup.Spell{Refused: 6}), lasting(2*time.Second)),
			[]string{"errors"}, []string{"accepted 0 msg/s", "errors 100 %"}, "No message was accepted and no session stayed open"},
		"showcase": {showcase(t), []string{"rate", "latency", "errors", "open", "percentiles"}, []string{"accepted", "service p99, the slowest flow", "errors"}, "Shaded: warm-up"},
		"matrix": {madeup.Made(t, madeup.MadePorts(), 6), []string{"rate", "latency", "percentiles"},
			[]string{"accepted, msg/s a flow", "errors 0 %"}, "put end to end"},
	}
}

// unfold opens all that is folded, and waits until it is drawn.
const unfold = `new Promise(done => { document.querySelectorAll("details").forEach(d => d.open = true);
	requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))); })`

// beyond are the elements whose right edge nobody sees: beside the window, unless they can
// be scrolled to and a hint says so.
const beyond = `[...document.querySelectorAll("body *")].filter(e => {
	const own = e.getBoundingClientRect(), scroll = e.closest(".scroll");
	if (!own.width || own.right <= innerWidth + .5 || e.closest(".visually-hidden, .skip, .tooltip, .overview thead")) return false;
	const hinted = scroll && scroll !== e && scroll.getBoundingClientRect().right <= innerWidth + .5 &&
		scroll.previousElementSibling?.matches(".scroll-hint") && !scroll.previousElementSibling.hidden;
	return !hinted;
}).map(e => e.outerHTML.slice(0, 99))`

// names are the labels of the axes of each chart, by their number.
const names = `Object.fromEntries([...document.querySelectorAll("[data-chart]")].map(f => [f.dataset.chart,
	f.chart ? f.chart.plot.axes.map(a => (a._values || []).filter(Boolean).length) : [0, 0]]))`

const tiles = `[...document.querySelectorAll(".tile")].map(e => e.querySelector("dt").textContent + " " + e.querySelector(".figure").textContent)`

// TestEachStateInBrowser: whatever a run came to, its page has tiles, only the charts for
// which there are figures, names on all their axes, and nothing beside the window.
func TestEachStateInBrowser(t *testing.T) {
	all := states(t)
	b := startBrowser(t)
	for name, s := range all {
		url := kept(t, pageText(t, s.run))
		for _, width := range []int{1400, 420} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s-%d-%s", name, width, scheme), func(t *testing.T) {
					b.t = t
					b.open(url, width, scheme)
					b.picture("state-" + t.Name()[strings.IndexByte(t.Name(), '/')+1:])
					s.check(t, b)
					complain(t, b, url)
				})
			}
		}
	}
}

func (s *state) check(t *testing.T, b *browser) {
	t.Helper()
	var named map[string][]int
	b.eval(names, &named)
	for chart, labels := range named {
		if !slices.Contains(s.charts, chart) {
			t.Errorf("%s is drawn of nothing", chart)
		}
		if len(labels) != 2 || labels[0] < 2 || labels[1] < 2 {
			t.Errorf("the axes of %s have %v names", chart, labels)
		}
	}
	for _, chart := range s.charts {
		if named[chart] == nil {
			t.Errorf("%s is not drawn", chart)
		}
	}
	var texts []string
	b.eval(tiles, &texts)
	for _, want := range s.tiles {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.HasPrefix(text, want) }) {
			t.Errorf("no tile says %q: %q", want, texts)
		}
	}
	var body string
	b.eval(`document.querySelector("main").textContent`, &body)
	if !strings.Contains(body, s.says) && !strings.Contains(strings.Join(s.marks(t, b), " "), s.says) {
		t.Errorf("the page does not say %q", s.says)
	}
	b.eval(unfold, nil)
	var lost []string
	b.eval(beyond, &lost)
	for _, e := range lost {
		t.Errorf("beside the window: %s", e)
	}
	var wide bool
	if b.eval(`document.documentElement.scrollWidth > innerWidth`, &wide); wide {
		t.Error("the page is wider than its window")
	}
}

// marks are the names that stand above the charts.
func (s *state) marks(t *testing.T, b *browser) []string {
	t.Helper()
	var texts []string
	b.eval(`[...document.querySelectorAll("[data-chart]")].flatMap(f => f.chart.times.marks.map(m => m.text))`, &texts)
	return texts
}

// TestMissedStaysInItsLine: what became of a threshold is beside it, wherever there is room.
func TestMissedStaysInItsLine(t *testing.T) {
	b := startBrowser(t)
	b.open(kept(t, pageText(t, showcase(t))), 1400, "light")
	var apart []string
	b.eval(`[...document.querySelectorAll(".checks li")].filter(li => {
		const text = li.querySelector("code").getBoundingClientRect(), state = li.querySelector(".state").getBoundingClientRect();
		return Math.abs(text.bottom - state.bottom) > 8;
	}).map(li => li.textContent)`, &apart)
	if len(apart) > 0 {
		t.Errorf("wrapped: %q", apart)
	}
}

// TestPaperHasAllColumns: on paper nothing can be scrolled to.
func TestPaperHasAllColumns(t *testing.T) {
	b := startBrowser(t)
	for name, s := range states(t) {
		b.open(kept(t, pageText(t, s.run)), 688, "dark") // A4 without its margins
		b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
		b.eval(`new Promise(done => { dispatchEvent(new Event("beforeprint")); requestAnimationFrame(() => requestAnimationFrame(() => done(true))); })`, nil)
		b.picture("paper-" + name)
		var lost []string
		b.eval(`[...document.querySelectorAll("td, th, p, li, h2, .tile, canvas")].filter(e => {
			const own = e.getBoundingClientRect();
			return own.width && own.right > innerWidth + 1 && !e.closest(".visually-hidden");
		}).map(e => e.outerHTML.slice(0, 99))`, &lost)
		if len(lost) > 0 {
			t.Errorf("%s: beside the paper: %q", name, lost)
		}
	}
}
