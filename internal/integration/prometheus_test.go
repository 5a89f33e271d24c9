//go:build integration && linux

package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A prometheus is a process of Prometheus that scrapes one target.
type prometheus struct {
	*daemon
	api    string
	target string // where the command is to serve its metrics
}

// startPrometheus starts Prometheus on loopback, with its data in a folder of the test.
func startPrometheus(t *testing.T, options ...string) *prometheus {
	t.Helper()
	dir := serverDir(t)
	p := &prometheus{target: fmt.Sprintf("127.0.0.1:%d", freePort(t, 0))}
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t, 0))
	p.api = "http://" + address
	config := filepath.Join(dir, "prometheus.yml")
	render(t, "prometheus.yml.tmpl", config, p.target)
	p.daemon = startDaemon(t, "prometheus", append(options, "--config.file="+config, "--web.listen-address="+address,
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--log.level=warn")...)
	p.awaitListener(t, "tcp", address)
	return p
}

// awaitScrapes returns when Prometheus tries to scrape. It begins that some seconds after its
// start.
func (p *prometheus) awaitScrapes(t *testing.T) {
	t.Helper()
	eventually(t, "scrape", func() bool {
		status, body := get(t, p.api+"/api/v1/query?query=up")
		return status == http.StatusOK && strings.Contains(string(body), p.target)
	})
}

// get fetches a page. Its status is 0 if there is no answer.
func get(t *testing.T, address string) (status int, body []byte) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	return response.StatusCode, body
}

// A sample is a part of an answer: labels, and a time with a value. If the query is for a range
// of time, it has several of these.
type sample struct {
	Metric     map[string]string
	Value      [2]any
	Values     [][2]any
	Histograms []stamped
}

// A stamped is a native histogram with its time. In JSON the two are a list.
type stamped struct{ Count string }

// UnmarshalJSON reads what the tests need from the list.
func (h *stamped) UnmarshalJSON(text []byte) error {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	type histogram stamped
	return json.Unmarshal(pair[1], (*histogram)(h))
}

// query sends Prometheus a query for a time; "" means now.
func (p *prometheus) query(t *testing.T, expr, at string) []sample {
	t.Helper()
	parameters := url.Values{"query": {expr}}
	if at != "" {
		parameters.Set("time", at)
	}
	status, body := get(t, p.api+"/api/v1/query?"+parameters.Encode())
	var answer struct {
		Error string
		Data  struct{ Result []sample }
	}
	if err := json.Unmarshal(body, &answer); status != http.StatusOK || err != nil {
		t.Fatalf("%s: status %d, %v, %s", expr, status, err, answer.Error)
	}
	return answer.Data.Result
}

// last returns the last value of the only series that a selector finds.
func (p *prometheus) last(t *testing.T, selector string) int {
	t.Helper()
	found := p.query(t, "last_over_time("+selector+"[10m])", "")
	if len(found) != 1 {
		t.Errorf("%s finds %d series, want 1", selector, len(found))
		return -1
	}
	value, err := strconv.ParseFloat(fmt.Sprint(found[0].Value[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(value)
}

// awaitEnd returns when Prometheus has the last values of a run. It may keep them a moment after
// the run has handed them over.
func (p *prometheus) awaitEnd(t *testing.T) {
	t.Helper()
	eventually(t, "end of the run in Prometheus", func() bool {
		return len(p.query(t, "last_over_time(smtpgauge_run_valid[10m])", "")) > 0
	})
}

// watched is a scenario with open and closed load, TLS and a warm-up.
const watched = `
name: watched
target: {host: sink}
warmup: 1s
flows:
  inbound: {port: 25, load: {rate: 100 messages/s, arrivals: poisson, max_sessions: 20, duration: 4s}}
  submit: {port: 587, load: {sessions: 3, duration: 4s}, session: {messages: 20}}
thresholds: [inbound.message.p99 < 10s]
`

// TestPrometheus lets Prometheus scrape runs. At the end Prometheus must know what each run says
// of itself.
func TestPrometheus(t *testing.T) {
	classic, native := startPrometheus(t), startPrometheus(t, "--enable-feature=native-histograms")
	classic.awaitScrapes(t)
	native.awaitScrapes(t)
	t.Run("classic", func(t *testing.T) { checkRun(t, classic) })
	t.Run("native", func(t *testing.T) { checkNativeHistograms(t, native) })
}

func checkRun(t *testing.T, p *prometheus) {
	// The run asks Prometheus what it knows of the run, and looks at its processes: the
	// dashboard shows what a server uses.
	g := newGaugeWith(t, watched+fmt.Sprintf("server: {processes: [prometheus], prometheus: {url: %q, queries: {sent: sum(smtpgauge_messages_total)}}}\n", p.api), "")
	r := g.start(t, "--metrics", p.target)
	var live []byte
	eventually(t, "message times while the run goes on", func() bool {
		_, live = get(t, "http://"+p.target+"/metrics")
		return strings.Contains(string(live), "smtpgauge_phase_seconds_bucket")
	})
	checkMetrics(t, "live", live)
	res, _ := r.end(t)
	p.awaitEnd(t)
	sent := 0.0
	for name, f := range res.Flows {
		p.checkFlow(t, name, f)
		sent += float64(f.Messages.Attempted)
	}
	if len(res.Queries) != 1 || res.Queries[0].Missed > 0 || res.Queries[0].Answers < 3 || res.Queries[0].Max <= 0 || res.Queries[0].Max > sent {
		t.Errorf("the run has asked for the %g messages sent, and was told %+v", sent, res.Queries)
	}
	final, err := g.command(t, "show", "run.jsonl", "--format", "prometheus").Output()
	if err != nil {
		t.Fatal(err)
	}
	checkMetrics(t, "exported", final)
	p.checkDashboard(t)
}

// checkFlow compares what Prometheus knows of a flow with the run's own result.
func (p *prometheus) checkFlow(t *testing.T, name string, f *flow) {
	t.Helper()
	if f.Messages.Accepted == 0 {
		t.Errorf("%s: no message was accepted", name)
	}
	type figure struct {
		metric, labels string
		want           int
	}
	figures := []figure{
		{"messages_total", `outcome="accepted"`, f.Messages.Accepted},
		{"messages_total", `outcome="rejected"`, f.Messages.Rejected},
		{"messages_total", `outcome="failed"`, f.Messages.Failed},
		{"messages_total", `outcome="unknown"`, f.Messages.Unknown},
		{"sessions_total", `result="completed"`, f.Sessions.Completed},
		{"sessions_total", `result="failed"`, f.Sessions.Failed},
		{"sessions_peak", "", f.Sessions.Peak},
	}
	for phase, times := range f.Phases {
		labels := `part="service",phase="` + phase + `"`
		figures = append(figures, figure{"phase_seconds_count", labels, times.Count}, figure{"phase_seconds_bucket", labels + `,le="+Inf"`, times.Count})
	}
	for _, x := range figures {
		selector := fmt.Sprintf("smtpgauge_%s{flow=%q,%s}", x.metric, name, x.labels)
		if got := p.last(t, selector); got != x.want {
			t.Errorf("Prometheus has %s at %d, and the run ended at %d", selector, got, x.want)
		}
	}
}

// checkMetrics checks an exposition by Prometheus' own tool. Bad style is an error too.
func checkMetrics(t *testing.T, what string, text []byte) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "promtool", "check", "metrics")
	cmd.Stdin = strings.NewReader(string(text))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool on the %s metrics: %v\n%s", what, err, out)
	}
}

// checkDashboard sends all queries of the dashboard, for the time at which the run ended.
func (p *prometheus) checkDashboard(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "results", "telemetry", "grafana-dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	variables := strings.NewReplacer("$instance", ".*", "$flow", ".*", "$phase", "message", "$part", "service", "$__rate_interval", "5s")
	ends := p.query(t, "smtpgauge_run_valid[10m]", "")
	if len(ends) != 1 || len(ends[0].Values) == 0 {
		t.Fatal("Prometheus has not seen the end of the run")
	}
	end := fmt.Sprint(ends[0].Values[len(ends[0].Values)-1][0])
	asked := 0
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			asked++
			found := p.query(t, variables.Replace(target.Expr), end)
			// Nobody looks at the accept queue of a server that starts with the run.
			empty := slices.Contains([]string{"Errors by class", "Errors so far"}, panel.Title) || strings.Contains(target.Expr, "accept_queue")
			if len(found) == 0 && !empty {
				t.Errorf("%s: Prometheus finds nothing for %s", panel.Title, target.Expr)
			}
		}
	}
	if asked < 20 {
		t.Errorf("the dashboard asks %d times", asked)
	}
}

// checkNativeHistograms makes Prometheus take native histograms in place of classic ones.
func checkNativeHistograms(t *testing.T, p *prometheus) {
	res, _ := newGaugeWith(t, watched, "").start(t, "--metrics", p.target,
		"--set", "warmup=0s", "--set", "flows.inbound.load.duration=2s", "--set", "flows.submit.load.duration=2s").end(t)
	p.awaitEnd(t)
	for name, f := range res.Flows {
		found := p.query(t, fmt.Sprintf("smtpgauge_phase_seconds{flow=%q,phase=\"message\",part=\"service\"}[10m]", name), "")
		if len(found) != 1 || len(found[0].Histograms) == 0 {
			t.Errorf("%s: Prometheus has no native histogram: %v", name, found)
			continue
		}
		last, want := found[0].Histograms[len(found[0].Histograms)-1].Count, fmt.Sprint(f.Phases["message"].Count)
		if last != want || want == "0" {
			t.Errorf("%s: Prometheus has %s message times in the end, and the run has %s", name, last, want)
		}
	}
}
