package render

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A server that is out to break the page.
const hostile = `550 5.1.1 </script><script>document.title='owned'</script><img src=x onerror="fetch('http://192.0.2.1/')"> ]]> ` + "\x1b[2J\u202e"

// showcase is a run with something in every part of the page: four flows,
// three rounds, a warm-up, a slow minute's middle, errors of three classes,
// and foreign text. It went through a file.
func showcase(t *testing.T) *record.Run {
	t.Helper()
	return showcaseOf(t, "ports & <tls>", func(flow string) string { return flow })
}

// showcaseOf is that with names of another kind.
func showcaseOf(t *testing.T, name string, named func(flow string) string) *record.Run {
	t.Helper()
	p := &loadgen.Plan{Name: name, Seed: 7, Rounds: 3, Scenario: []byte(`{}`)}
	for _, f := range []struct {
		name string
		port int
	}{{"relay-25", 25}, {"smtps-465", 465}, {"submit-587", 587}, {"alt-2525", 2525}} {
		p.Flows = append(p.Flows, loadgen.Flow{Name: named(f.name), Target: loadgen.Target{Host: named("mail.example.test"), Port: f.port}, Load: loadgen.Load{Sessions: 50}})
	}
	p.Flows[2].Load = loadgen.Load{Stages: []pace.Stage{{For: time.Minute, From: 5, To: 5}}, Unit: loadgen.Messages}
	h := madeup.Header(p)
	for _, text := range []string{named("submit-587") + ".message.p99 < 250ms", named("relay-25") + ".errors < 0.1%"} {
		if threshold, err := criteria.ParseThreshold(text); err == nil { // no name of a scenario's breaks one
			h.Thresholds = append(h.Thresholds, threshold)
		}
	}
	return madeup.Stored(t, h, p, func(r sample.Recorder) {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range p.Flows {
			r.Greeting(sample.Series{Flow: i, Stage: sample.Steady}, netip.MustParseAddr("192.0.2.1"), greetingOf(named, i > 0))
		}
		for second := range 60 {
			perform(r, random, second)
		}
		r.Tick(sample.Tick{From: samples.At(60 * time.Second), To: samples.At(60*time.Second + 100*time.Millisecond), Open: make([]int, 4), Peak: make([]int, 4), Due: make([]int64, 4), Begun: make([]int64, 4), Last: true})
	})
}

// greetingOf is how the showcase's server introduces itself, in words of that kind.
func greetingOf(named func(string) string, secured bool) *sample.Greeting {
	g := &sample.Greeting{Banner: named("mail.example.test ESMTP"), EHLO: "localhost", Name: named("mail.example.test")}
	if secured {
		g.TLS = &sample.Security{Version: "1.3", Cipher: named("TLS_AES_128_GCM_SHA256"), Group: named("X25519"), Certificate: sample.Certificate{
			Subject: named("mail.example.test"), Names: []string{named("mail.example.test")}, Issuer: named("R3"), NotAfter: samples.Epoch.AddDate(0, 3, 0),
		}}
	}
	return g
}

// unmeasured is a run in which a flow came to nothing.
func unmeasured(t *testing.T, flow string) *record.Run {
	t.Helper()
	p := &loadgen.Plan{Name: "none", Rounds: 2, Flows: []loadgen.Flow{{Name: flow}}, Scenario: []byte(`{}`)}
	h := madeup.Header(p)
	h.Baseline = ""
	return madeup.Stored(t, h, p, func(r sample.Recorder) { r.Tick(second(0)) })
}

// second is the last one of a run with one flow.
func second(n int) sample.Tick {
	return sample.Tick{
		From: samples.At(time.Duration(n) * time.Second), To: samples.At(time.Duration(n+1) * time.Second), Last: true,
		Open: []int{0}, Peak: []int{0}, Due: []int64{0}, Begun: []int64{0},
	}
}

// perform records a second of the showcase: rounds of 20 s, of which the first
// two are warm-up.
func perform(r sample.Recorder, random *rand.Rand, second int) {
	round, within := second/20, second%20
	tick := sample.Tick{From: samples.At(time.Duration(second) * time.Second), To: samples.At(time.Duration(second+1) * time.Second), Busy: 300 * time.Millisecond,
		Open: make([]int, 4), Peak: make([]int, 4), Due: make([]int64, 4), Begun: make([]int64, 4)}
	for flow := range 4 {
		s := sample.Series{Flow: flow, Round: round, Stage: sample.Steady}
		if within < 2 {
			s.Stage = sample.Warmup
		}
		slow := 1.0
		if flow == 3 && second >= 28 && second < 34 {
			slow = 9
		}
		for range int(float64(130-20*flow) / slow) {
			converse(r, random, s, slow*(1+.35*float64(flow)))
		}
		if slow > 1 {
			for i := range 3 * (second - 27) {
				f := sample.Failure{Phase: sample.Rcpt, Class: []sample.Class{sample.RecipientUnknown, sample.TempFail, sample.Timeout}[i%3], Text: hostile}
				r.Failure(s, &f)
				r.Message(s, sample.Rejected, s.Stage, 0, 1)
			}
		}
		tick.Open[flow], tick.Peak[flow] = 50-2*flow-int(3*slow), 50
		begun := time.Duration(20*round) * time.Second
		if within == 1 {
			r.Window(s, samples.At(begun), samples.At(begun+2*time.Second))
		}
		if within == 19 {
			r.Window(s, samples.At(begun+2*time.Second), samples.At(begun+20*time.Second))
		}
	}
	r.Tick(tick)
}

// converse records a message over a connection of its own.
func converse(r sample.Recorder, random *rand.Rand, s sample.Series, slow float64) {
	some := func(median time.Duration) time.Duration {
		return time.Duration(float64(median) * slow * (.5 + random.ExpFloat64()))
	}
	r.Session(s, sample.SessionStarted)
	phases := []sample.Phase{sample.Connect, sample.Banner, sample.EHLO, sample.Quit}
	if s.Flow > 0 {
		phases = append(phases, sample.TLS, sample.Auth)
	}
	for i, p := range phases {
		r.Service(s, p, some(time.Duration(i+1)*200*time.Microsecond))
	}
	var message time.Duration
	for i, p := range []sample.Phase{sample.Mail, sample.Rcpt, sample.Data, sample.Body} {
		d := some(time.Duration(200+100*i) * time.Microsecond)
		r.Service(s, p, d)
		message += d
	}
	message += 150 * time.Microsecond
	r.Service(s, sample.SpanMessage, message)
	if s.Flow == 2 {
		r.Response(s, sample.SpanMessage, message+some(100*time.Microsecond))
	}
	r.Delay(s, 20*time.Microsecond)
	r.Message(s, sample.Accepted, s.Stage, 1, 0)
	r.Session(s, sample.SessionCompleted)
}

func pageText(t *testing.T, r *record.Run) string {
	t.Helper()
	var b strings.Builder
	if err := Runs.Write(&b, "html", []*record.Run{r}, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
