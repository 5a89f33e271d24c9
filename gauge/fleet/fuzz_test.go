package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A wire is a bus that passes messages on at once.
type wire map[string]func([]byte)

func (w wire) Send(address string, data []byte) error {
	if take := w[address]; take != nil {
		take(data)
	}
	return nil
}

func (w wire) Listen(address string, take func([]byte)) (func(), error) {
	w[address] = take
	return func() {}, nil
}

func (wire) Leaving() {}
func (wire) Resting() {}
func (wire) Close()   {}

// sayAll sends the messages of a text: each line is a kind, a blank, the message in JSON, and
// after a tab its body. What has no such form is left out.
func sayAll(from *bus.End, to string, text []byte) {
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		kind, rest, _ := bytes.Cut(line, []byte(" "))
		says, body, _ := bytes.Cut(rest, []byte("\t"))
		var m bus.Message
		switch string(kind) {
		case "hello":
			m = &bus.Hello{}
		case "refusal":
			m = &bus.Refusal{}
		case "order":
			m = &bus.Order{}
		case "piece":
			m = &bus.Piece{}
		case "status":
			m = &bus.Status{}
		case "delta":
			m = &bus.Delta{}
		case "looks":
			m = &bus.Looks{}
		case "call":
			m = &bus.Call{}
		default:
			continue
		}
		if json.Unmarshal(says, m) == nil {
			_ = from.Send(to, m, body) // one that is too long is not sent
		}
	}
}

// Whatever an agent says, the coordinator goes on, and takes no more of its file than there is.
func FuzzCoordinator(f *testing.F) {
	f.Add([]byte("hello {\"name\":\"b\"}\nstatus {\"asked\":1,\"received\":2,\"answered\":3,\"run\":1,\"waits\":1}\ndelta {\"run\":1}\t{\"type\":\"header\"}\ndelta {\"run\":1,\"offset\":3}\tabc"))
	f.Add([]byte("status {\"run\":1,\"ended\":true,\"length\":5,\"sha256\":\"00\",\"faults\":[{\"id\":\"x\"}],\"blobs\":[268435456,1]}\nstatus {\"run\":1,\"failed\":\"why\",\"left\":true}"))
	f.Add([]byte("looks {\"run\":1}\t[{\"from\":1,\"to\":2,\"cpu\":-1}]\nlooks {\"run\":1,\"from\":1073741824}\t[]\npiece {}\norder {}\nrefusal {}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, token := wire{}, bus.NewToken()
		c, err := New(w, token, Options{Agents: 2, Version: "1", Watchers: []string{"w"}})
		if err != nil {
			t.Fatal(err)
		}
		agent, watcher := bus.NewEnd(w, token), bus.NewEnd(w, token)
		defer func() { // those who have gone are not waited for
			for _, from := range []*bus.End{agent, watcher} {
				sayAll(from, c.end.ID(), []byte(`status {"run":1,"gone":true}`))
			}
			c.Close()
		}()
		sayAll(agent, c.end.ID(), []byte(`hello {"name":"a","version":"1"}`))
		sayAll(watcher, c.end.ID(), []byte(`hello {"name":"w","version":"1","watches":true}`))
		job := newJob(t)
		union, err := record.NewUnion(io.Discard, record.NewHeader(job.Plan, criteria.Criteria{}), 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		c.setBlobs([]byte(scenario), []byte("{}"))
		c.order.Run, c.watch.by = 1, "w"
		c.members[0].sum = newHashed()
		c.feeder = newFeeder(union, func(int, error) {})
		c.mu.Unlock()
		sayAll(agent, bus.Coordinator, text)
		sayAll(agent, c.end.ID(), text)
		sayAll(watcher, c.end.ID(), text)
		c.mu.Lock()
		feeding := c.feeder
		c.feeder = nil
		have := c.members[0].have
		c.isOver(time.Time{})
		c.beginIfAllWait()
		c.faults()
		c.mu.Unlock()
		feeding.end()
		if have > int64(len(text)) {
			t.Errorf("%d octets of a file, from %d of messages", have, len(text))
		}
		if _, err := union.Close(record.Ending{}, c.agents(union, time.Now())[:1]); err != nil {
			t.Error(err)
		}
	})
}

// An idleLoad does nothing until it is stopped.
type idleLoad struct{}

func (idleLoad) Name() string                                  { return "idle" }
func (idleLoad) Check(context.Context) error                   { return nil }
func (idleLoad) Probe(context.Context) ([]*check.Fault, error) { return nil, nil }
func (idleLoad) Set(Terms) error                               { return nil }

func (idleLoad) Run(ctx context.Context, o gauge.Options) (*gauge.Result, error) {
	o.Begin(ctx, 0)
	_ = o.Place()
	<-ctx.Done()
	return nil, ctx.Err()
}

// Whatever a coordinator says, an agent goes on, and keeps no more of a blob than it was told
// to have.
func FuzzAgent(f *testing.F) {
	sum := sumOf([]byte("{}"))
	both := `"blobs":[{"size":2,"sha256":"` + sum + `"},{"size":2,"sha256":"` + sum + `"}]`
	piece := "piece {\"sha256\":\"" + sum + "\"}\t{}\n"
	f.Add([]byte(`order {"number":1,"of":2,` + both + "}\n" + piece + piece + `order {"run":1,"begin":true,"probe":true,"segments":1,"at":-1,` + both + "}\n" +
		`order {"run":1,"over":true,"have":9,` + both + "}\n"))
	f.Add([]byte("refusal {\"reason\":\"no\"}\n"))
	f.Add([]byte(`order {"run":1,"drain":true,"stop":true,"leave":true}` + "\n" + `order {"run":1073741824,"first":1048576,"shards":1}` + "\nhello {}\nstatus {}\ndelta {}\tx\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, token := wire{}, bus.NewToken()
		a := &agent{follower: follower{end: bus.NewEnd(w, token)}, o: AgentOptions{
			Name: "a", Version: "1", Report: func(string) {},
			Load:   func([]byte, string) (Load, error) { return idleLoad{}, nil },
			Create: func(string, string) (File, error) { return &memoryFile{}, nil },
		}}
		over := false
		_, err := a.end.Listen(a.end.ID(), func(from string, m bus.Message, body []byte) {
			if over {
				return
			}
			done, err := a.take(t.Context(), incoming{from, m, bytes.Clone(body), time.Now()})
			over = done || err != nil
			if a.preparing != nil {
				over = a.prepared(t.Context(), <-a.preparing.done) != nil || over
			}
			for i := range a.blobs {
				if b := &a.blobs[i]; int64(len(b.data)) > b.sum.Size {
					t.Errorf("%d octets of a blob of %d", len(b.data), b.sum.Size)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		sayAll(bus.NewEnd(w, token), a.end.ID(), text)
		a.abandon()
	})
}

// Terms that are not those of the plan are refused.
func FuzzTerms(f *testing.F) {
	own, err := json.Marshal(TermsOf(newJob(f).Plan))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own)
	f.Add(bytes.ReplaceAll(own, []byte(":1,"), []byte(":-1,")))
	f.Add(bytes.ReplaceAll(own, []byte(":4,"), []byte(":9223372036854775807,")))
	f.Fuzz(func(t *testing.T, data []byte) {
		terms, err := readTerms(data)
		if err != nil {
			return
		}
		l := JobLoad{Job: newJob(t)}
		if err := errors.Join(l.Set(terms), l.Check(t.Context())); err != nil {
			return
		}
		p := l.Plan
		if d, known := p.Length(); p.Rounds < 1 || p.Warmup < 0 || p.MostSessions() < 0 || known && d < 0 {
			t.Errorf("took %s", data)
		}
	})
}

// Terms with numbers that no scenario has are refused.
func TestTermsOutOfBounds(t *testing.T) {
	for name, spoil := range map[string]func(*Terms){
		"no rounds":         func(t *Terms) { t.Rounds = 0 },
		"endless rounds":    func(t *Terms) { t.Rounds = 1 << 62 },
		"negative warm-up":  func(t *Terms) { t.Warmup = -1 },
		"negative sessions": func(t *Terms) { t.Loads[0].Sessions = -1 },
		"many sessions":     func(t *Terms) { t.Loads[0].MaxSessions = 1 << 40 },
		"negative messages": func(t *Terms) { t.Loads[0].Messages = -1 },
		"negative duration": func(t *Terms) { t.Loads[0].Duration = -1 },
		"negative stage":    func(t *Terms) { t.Loads[0].Stages = []pace.Stage{{For: -1}} },
		"negative rate":     func(t *Terms) { t.Loads[0].Stages = []pace.Stage{{For: 1, To: -1}} },
		"huge rate":         func(t *Terms) { t.Loads[0].Stages = []pace.Stage{{For: 1, To: 1e300}} },
		"unknown unit":      func(t *Terms) { t.Loads[0].Unit = 9 },
	} {
		terms := TermsOf(newJob(t).Plan)
		spoil(&terms)
		data, err := json.Marshal(terms)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readTerms(data); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
