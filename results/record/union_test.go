package record

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// agentFiles are the run files of a fleet, whose agents' clocks are so much ahead.
func agentFiles(t *testing.T, fleet string, offsets ...time.Duration) [][]byte {
	t.Helper()
	var files [][]byte
	p := twoFlows(1)
	for i, offset := range offsets {
		h := testHeader(p)
		h.Agent = &Place{Name: string(rune('a' + i)), Number: i + 1, Of: len(offsets), Fleet: fleet, Offset: offset, OffsetError: time.Microsecond}
		h.Started = h.Started.Add(offset)
		var file bytes.Buffer
		c, err := NewCollector(&file, h, p, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		feed(patient{c.recorders[0]}, 0)
		if _, err := c.Close(samples.Report(), generator.Usage{CPU: time.Second, MaxRSS: 1 << 20, GOMAXPROCS: 2}); err != nil {
			t.Fatal(err)
		}
		files = append(files, file.Bytes())
	}
	return files
}

// newUnion returns a union of so many agents, and the file it writes.
func newUnion(t *testing.T, agents int, onInterval func(*Progress)) (*Union, *bytes.Buffer) {
	t.Helper()
	var file bytes.Buffer
	u, err := NewUnion(&file, testHeader(twoFlows(1)), agents, onInterval)
	if err != nil {
		t.Fatal(err)
	}
	return u, &file
}

// closeUnion ends a union as a coordinator does.
func closeUnion(t *testing.T, u *Union) *Run {
	t.Helper()
	var agents []Agent
	for i := range u.parts {
		a := *u.Part(i)
		if a.Number == 0 { // it never began
			a.Place = Place{Name: "none", Number: i + 1, Of: len(u.parts)}
		}
		agents = append(agents, a)
	}
	run, err := u.Close(Ending{}, agents)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// sameTotals fails the test if two runs do not have the same in all series.
func sameTotals(t *testing.T, got, want *Run) {
	t.Helper()
	if len(got.totals) != len(want.totals) || len(want.totals) == 0 {
		t.Errorf("%d series, want %d", len(got.totals), len(want.totals))
	}
	for s, w := range want.totals {
		g := got.totals[s]
		if g == nil || g.Counts != w.Counts || !reflect.DeepEqual(g.Failures.Figures(), w.Failures.Figures()) {
			t.Errorf("%+v: %+v, want %+v", s, g, w)
			continue
		}
		for slot := range w.Hists {
			if g.Hists[slot].Count() != w.Hists[slot].Count() || w.Hists[slot].Count() > 0 && g.Hists[slot].Encode() != w.Hists[slot].Encode() {
				t.Errorf("%+v: the times in slot %d differ", s, slot)
			}
		}
	}
	for s, w := range want.windows {
		if got.windows[s] != w {
			t.Errorf("%+v: window %v, want %v", s, got.windows[s], w)
		}
	}
	for i := range want.gauges {
		if got.gauges[i].Due != want.gauges[i].Due || got.gauges[i].Begun != want.gauges[i].Begun {
			t.Errorf("flow %d: %+v, want %+v", i, got.gauges[i], want.gauges[i])
		}
	}
}

// However the files come, the union is what Merge makes of them, and so is its file.
func TestUnionIsWhatMergeMakes(t *testing.T) {
	for _, away := range []bool{false, true} {
		for seed := range uint64(8) {
			reports := 0
			u, file := newUnion(t, 3, func(*Progress) { reports++ })
			files := agentFiles(t, u.ID(), 0, time.Hour, -3*time.Second)
			var runs []*Run
			for _, f := range files {
				run, err := Read(bytes.NewReader(f))
				if err != nil {
					t.Fatal(err)
				}
				runs = append(runs, run)
			}
			want, err := Merge(runs...)
			if err != nil {
				t.Fatal(err)
			}
			if away {
				u.Away(1, true)
			}
			random := rand.New(rand.NewPCG(seed, 1))
			rest := slices.Clone(files)
			for len(rest[0])+len(rest[1])+len(rest[2]) > 0 {
				i := random.IntN(3)
				n := min(len(rest[i]), random.IntN(3000))
				if err := u.Feed(i, rest[i][:n]); err != nil {
					t.Fatal(err)
				}
				rest[i] = rest[i][n:]
			}
			got := closeUnion(t, u)
			sameTotals(t, got, want)
			if reports == 0 || !u.Whole(1) || got.Partial() {
				t.Errorf("%d reports, partial %v", reports, got.Partial())
			}
			for name, read := range map[string]func() (*Run, error){
				"Read":       func() (*Run, error) { return Read(bytes.NewReader(file.Bytes())) },
				"ReadTotals": func() (*Run, error) { return ReadTotals(bytes.NewReader(file.Bytes())) },
			} {
				again, err := read()
				if err != nil {
					t.Fatal(err)
				}
				sameTotals(t, again, got)
				if len(again.Agents) != 3 || !reflect.DeepEqual(again.Agents[1].Counts, want.Agents[1].Counts) || again.Agents[1].Offset != time.Hour || again.Agents[1].Name != "b" {
					t.Errorf("%s: agents %+v", name, again.Agents)
				}
				if err := CheckDistinct([]*Run{again, runs[0]}); err == nil {
					t.Error("an agent's file may be given beside that of the whole")
				}
			}
			if want.Agents[0].Messages != got.Agents[0].Messages {
				t.Errorf("merged %+v, want %+v", want.Agents[0].Messages, got.Agents[0].Messages)
			}
		}
	}
}

// A report has one second of all agents, whichever of them is ahead with what it sends.
func TestUnionReportsSecondBySecond(t *testing.T) {
	var reports, both []Progress
	whole, _ := newUnion(t, 2, func(p *Progress) { both = append(both, *p) })
	for i, f := range agentFiles(t, whole.ID(), 0, 0) {
		if err := whole.Feed(i, f); err != nil {
			t.Fatal(err)
		}
	}
	closeUnion(t, whole)
	u, _ := newUnion(t, 2, func(p *Progress) { reports = append(reports, *p) })
	files := agentFiles(t, u.ID(), 0, 0)
	if err := u.Feed(0, files[0]); err != nil {
		t.Fatal(err)
	}
	if len(reports) > 0 {
		t.Errorf("%d reports of one agent alone", len(reports))
	}
	second := regexp.MustCompile(`"type":"interval".*"n":(\d+),`)
	var of, part []byte // the number of a second, and its lines
	for line := range bytes.Lines(files[1]) {
		if n := second.FindSubmatch(line); n != nil && !bytes.Equal(n[1], of) {
			if err := u.Feed(1, part); err != nil {
				t.Fatal(err)
			}
			of, part = n[1], nil
		}
		part = append(part, line...)
	}
	if err := u.Feed(1, part); err != nil {
		t.Fatal(err)
	}
	closeUnion(t, u)
	if len(reports) != len(both) || len(reports) < 3 {
		t.Fatalf("%d reports, want %d", len(reports), len(both))
	}
	for i, p := range reports {
		for flow := range p.Flows {
			if p.Length != both[i].Length || p.Flows[flow].Due != both[i].Flows[flow].Due {
				t.Errorf("report %d is of %v, want %v; flow %d: %d due, want %d", i, p.Length, both[i].Length, flow, p.Flows[flow].Due, both[i].Flows[flow].Due)
			}
		}
	}
}

// A file that is cut has what is left of it.
func TestUnionsFileMayBeCut(t *testing.T) {
	u, file := newUnion(t, 2, nil)
	for i, f := range agentFiles(t, u.ID(), 0, 0) {
		if err := u.Feed(i, f[:len(f)*2/3]); err != nil {
			t.Fatal(err)
		}
	}
	run, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil || !run.Partial() || len(run.Intervals) == 0 {
		t.Errorf("%v, want a partial run with intervals", err)
	}
}

// An agent that is lost is missing from the intervals after, and nothing waits for it.
func TestUnionWithoutALostAgent(t *testing.T) {
	var stood []time.Duration
	u, file := newUnion(t, 2, func(p *Progress) { stood = append(stood, p.Elapsed) })
	files := agentFiles(t, u.ID(), 0, 0)
	cut := bytes.Index(files[1], []byte(`"n":2`))
	cut = bytes.LastIndexByte(files[1][:cut], '\n') + 1
	for i, f := range [][]byte{files[0], files[1][:cut]} {
		if err := u.Feed(i, f); err != nil {
			t.Fatal(err)
		}
	}
	before := len(stood)
	u.Gone(1)
	if len(stood) <= before {
		t.Errorf("%d reports before the loss, %d after", before, len(stood))
	}
	closeUnion(t, u)
	run, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, i := range run.Intervals {
		missing += i.Missing
	}
	if missing == 0 || run.Intervals[0].Missing != 0 {
		t.Errorf("%d intervals miss an agent, the first %d", missing, run.Intervals[0].Missing)
	}
}

// Of the files of a fleet, one that has lost its end says that its agent is lost, as the
// coordinator's file does. It is not the whole that has lost its end.
func TestMergeWithAKilledAgent(t *testing.T) {
	files := agentFiles(t, "fleet", 0, 0)
	var runs []*Run
	for _, f := range [][]byte{files[0], files[1][:len(files[1])*2/3]} {
		run, err := Read(bytes.NewReader(f))
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	merged, err := Merge(runs...)
	if err != nil {
		t.Fatal(err)
	}
	if merged.Partial() || merged.Agents[0].Lost != "" || merged.Agents[1].Lost == "" || !merged.OfAgents() {
		t.Errorf("partial %v, of agents %v: %+v", merged.Partial(), merged.OfAgents(), merged.Agents)
	}
	if merged, err = Merge(runs[1]); err != nil || !merged.Partial() {
		t.Errorf("of the cut file alone: partial %v, %v", merged.Partial(), err)
	}
}

// A union takes no file but those of its own run, and is not spoiled by what an agent sends.
func TestUnionRefusesOtherFiles(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"another fleet": func(b []byte) []byte { return bytes.Replace(b, []byte(`"fleet":"`), []byte(`"fleet":"0`), 1) },
		"no file":       func([]byte) []byte { return []byte("GET / HTTP/1.1\n") },
		"two headers":   func(b []byte) []byte { return append(b[:bytes.IndexByte(b, '\n')+1:bytes.IndexByte(b, '\n')+1], b...) },
		"after the end": func(b []byte) []byte { return append(b, "{}\n"...) },
		"another agent": func(b []byte) []byte { return bytes.Replace(b, []byte(`"number":1`), []byte(`"number":2`), 1) },
		"another clock": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"offset_ns":0`), []byte(`"offset_ns":3600000000000`), 1)
		},
		"a time to come": func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"n":2,`), []byte(`"n":4611686018427387904,`))
		},
		"negative counts": func(b []byte) []byte { return bytes.Replace(b, []byte(`"accepted":`), []byte(`"accepted":-`), 1) },
	} {
		u, _ := newUnion(t, 2, nil)
		for i, name := range []string{"a", "b"} {
			u.Expect(i, Place{Name: name, Number: i + 1, Of: 2, Fleet: u.ID(), Start: 1, OffsetError: time.Microsecond})
		}
		files := agentFiles(t, u.ID(), 0, 0)
		if err := u.Feed(0, spoil(files[0])); err == nil {
			t.Errorf("%s: taken", name)
		}
		if err := u.Feed(1, files[1]); err != nil {
			t.Errorf("%s: the other agent's file is refused: %v", name, err)
		}
		closeUnion(t, u)
	}
}

func FuzzUnion(f *testing.F) {
	f.Add([]byte(strings.Repeat("{\"type\":\"interval\"}\n", 2)))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, _ := newUnion(t, 1, nil)
		for _, file := range agentFiles(t, u.ID(), 0) {
			end := bytes.IndexByte(file, '\n') + 1
			if err := u.Feed(0, file[:end]); err != nil {
				t.Fatal(err)
			}
		}
		_ = u.Feed(0, data)
		closeUnion(t, u)
	})
}

// An agent whose counts fall makes no figure of a second negative.
func TestUnionOfCountsThatFall(t *testing.T) {
	reports := 0
	u, _ := newUnion(t, 1, func(p *Progress) {
		reports++
		for _, f := range p.Flows {
			if f.Due < 0 || f.Started < 0 {
				t.Errorf("%d due and %d begun in the second that ends at %v", f.Due, f.Started, p.Elapsed)
			}
		}
	})
	file := agentFiles(t, u.ID(), 0)[0]
	fallen := regexp.MustCompile(`(?m)^(\{"type":"interval".*"n":3,.*)"due":\d+,"begun":\d+`).ReplaceAll(file, []byte(`$1"due":0,"begun":0`))
	if bytes.Equal(file, fallen) {
		t.Fatal("nothing falls")
	}
	if err := u.Feed(0, fallen); err != nil {
		t.Fatal(err)
	}
	closeUnion(t, u)
	if reports < 3 {
		t.Errorf("%d reports", reports)
	}
}
