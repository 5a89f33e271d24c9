//go:build browser

package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/watch"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// livePlan has two flows in turn, the first in stages, and a hostile name.
func livePlan() *loadgen.Plan {
	return &loadgen.Plan{Name: "ramp", InTurn: true, Rounds: 3, Flows: []loadgen.Flow{
		{Name: "submission", Target: loadgen.Target{Host: "mx.example.test", Port: 587}, Load: loadgen.Load{Unit: loadgen.Messages, Stages: []pace.Stage{
			{For: 20 * time.Second, To: 1000}, {For: 20 * time.Second, From: 1000, To: 1000},
		}}},
		{Name: `<img src="x" onerror="document.title='owned'">`, Target: loadgen.Target{Host: "127.0.0.1", Port: 25}, Load: loadgen.Load{Sessions: 9, Duration: time.Minute}},
	}}
}

// liveSecond is what was measured up to second n.
func liveSecond(p *loadgen.Plan, n int64) *record.Progress {
	out := &record.Progress{Elapsed: time.Duration(n) * time.Second, Length: time.Second, Agents: 200, Silent: 1, Flows: []record.FlowProgress{
		{
			Name: p.Flows[0].Name, Open: int(n), Due: 50 * n, Started: 50 * n, Accepted: 50*n - 20*(n%3),
			Errors: map[sample.Class]int64{sample.RecipientUnknown: n * n, sample.Busy: n / 2},
		},
		{Name: p.Flows[1].Name},
	}}
	for k := range 200 {
		out.Parts = append(out.Parts, record.AgentProgress{Name: fmt.Sprintf("agent%d", k+1), Host: strings.Repeat("a-long-name-", 6), SoFar: n, Silent: k == 77})
	}
	return out
}

// liveSeen is what of the live page is to be seen.
const liveSeen = `({
	title: document.getElementById("verdict-title").textContent, place: document.getElementById("place").textContent,
	tiles: [...document.querySelectorAll("#tiles > div")].map(e => e.innerText.replace(/\s+/g, " ")),
	errors: [...document.querySelectorAll("#errors tbody tr")].map(e => e.innerText.replace(/\s+/g, " ")),
	brief: document.getElementById("agents-brief").innerText, open: document.querySelector("#agents details").open,
	agents: (document.querySelector("#agents details").open = true, [...document.querySelectorAll("#agents tbody tr, #agents-rest")].map(e => e.innerText.replace(/\s+/g, " "))),
	after: document.getElementById("agents").getBoundingClientRect().top - document.querySelector(".charts").getBoundingClientRect().bottom,
	beside: [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 99)),
	owned: document.title === "owned" || !!document.querySelector("img"),
	theme: document.documentElement.dataset.theme, trouble: document.getElementById("trouble").textContent,
})`

// TestLivePageInBrowser watches a run, and then opens the finished page.
func TestLivePageInBrowser(t *testing.T) {
	p := livePlan()
	s, err := watch.Serve("127.0.0.1:0", p.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	observe := func(n int64) { s.Observe(live.At(p, liveSecond(p, n)), liveSecond(p, n)) }
	s.Begin(p)
	for n := range int64(24) {
		observe(n + 1)
	}
	b := startBrowser(t)
	last := int64(24)
	for _, width := range []int{1400, 420} {
		for _, scheme := range []string{"light", "dark"} {
			b.open(s.URL(), width, scheme)
			last++
			observe(last)
			shows(t, b, fmt.Sprintf("document.getElementById('verdict-title').textContent.startsWith('%d s of')", last))
			b.picture(fmt.Sprintf("live-%d-%s", width, scheme))
			var seen struct {
				Title, Place, Theme, Trouble  string
				Brief                         string
				Tiles, Errors, Agents, Beside []string
				Owned, Open                   bool
				After                         float64
			}
			b.eval(liveSeen, &seen)
			var colours map[string]int
			b.eval(drawn, &colours)
			switch {
			case len(seen.Beside) > 0:
				t.Errorf("%d %s: beside the window: %q", width, scheme, seen.Beside)
			case seen.Owned || seen.Theme != scheme || seen.Trouble != "":
				t.Errorf("%d %s: %+v", width, scheme, seen)
			case len(seen.Agents) != 13 || !strings.HasPrefix(seen.Agents[0], "agent78 on") || !strings.Contains(seen.Agents[0], "silent") || !strings.HasPrefix(seen.Agents[12], "and 188 agents"):
				t.Errorf("%d %s: agents: %q", width, scheme, seen.Agents)
			case !strings.HasPrefix(seen.Brief, "200 agents, 1 silent") || seen.Open != (width > 1000) || seen.After < 0:
				t.Errorf("%d %s: the agents say %q, open %v, %v after the charts", width, scheme, seen.Brief, seen.Open, seen.After)
			case seen.Place != "round 1 of 3, stage 2 of 2: 1,000 messages/s, 1 of 200 agents silent":
				t.Errorf("the place is %q", seen.Place)
			case len(seen.Tiles) != 5 || !strings.Contains(seen.Tiles[0], "offered at ") || !strings.Contains(seen.Tiles[3], "most often recipient-unknown"):
				t.Errorf("tiles: %q", seen.Tiles)
			case len(seen.Errors) != 2 || !strings.HasPrefix(seen.Errors[0], "recipient-unknown"):
				t.Errorf("errors: %q", seen.Errors)
			}
			for _, chart := range []string{"rate", "errors"} {
				if colours[chart] < 8 {
					t.Errorf("%s has %d colours: it is not drawn", chart, colours[chart])
				}
			}
		}
	}
	s.Finish(watch.End{Conclusion: criteria.Conclusion{Word: criteria.Failed, Reason: "too slow"}, Note: "run file: x.jsonl", Page: pageText(t, showcase(t))})
	shows(t, b, `document.getElementById("verdict-title").textContent.includes("FAILED: too slow") && document.getElementById("verdict").classList.contains("bad")`)
	b.picture("live-end")
	b.eval(`document.getElementById("finish").click()`, nil)
	shows(t, b, `!!document.getElementById("data") && document.documentElement.dataset.ready === "true"`)
	b.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil)
	b.picture("live-finished")
	var colours map[string]int
	if b.eval(drawn, &colours); colours["rate"] < 8 {
		t.Errorf("the finished page's charts have colours %v", colours)
	}
	own := []string{"request for " + s.URL() + "events"}
	for _, c := range b.complaints(s.URL()) {
		if !slices.Contains(own, c) {
			t.Error(c)
		}
	}
}

// shows waits until a condition holds on the page.
func shows(t *testing.T, b *browser, condition string) {
	t.Helper()
	var holds bool
	b.eval(`new Promise(done => {
		let left = 600;
		const look = () => `+condition+` ? done(true) : left-- > 0 ? requestAnimationFrame(look) : done(false);
		look();
	})`, &holds)
	if !holds {
		t.Fatalf("the page does not come to %s", condition)
	}
}
