package telemetry

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/smtpgauge/smtpgauge/results/metricfamily"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// gathered reads the metrics through a registry that finds every fault.
func gathered(t *testing.T, m *Metrics, kinds bucketKinds) map[string]*dto.MetricFamily {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(view{m, kinds})
	list, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]*dto.MetricFamily{}
	for _, f := range list {
		byName[f.GetName()] = f
	}
	return byName
}

// exported is what show prints of a run.
func exported(t *testing.T, run *record.Run) map[string]*dto.MetricFamily {
	t.Helper()
	var text bytes.Buffer
	if err := render.Runs.Write(&text, "prometheus", []*record.Run{run}, render.Options{}); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(&text)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// labels are those of a metric, without its values.
func labels(m *dto.Metric) string {
	var list []string
	for _, l := range m.GetLabel() {
		list = append(list, l.GetName()+"="+l.GetValue())
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// values are a family's samples by their labels: values, or counts of a
// distribution.
func values(f *dto.MetricFamily) map[string]float64 {
	byLabels := map[string]float64{}
	for _, m := range f.GetMetric() {
		byLabels[labels(m)] = m.GetCounter().GetValue() + m.GetGauge().GetValue() +
			float64(m.GetSummary().GetSampleCount()) + float64(m.GetHistogram().GetSampleCount())
	}
	return byLabels
}

// differ are the metrics of the same name whose values need not be the same:
// they are of the process, or not known before the end.
var differ = []string{metricfamily.RunInfo.Name, metricfamily.GeneratorCPU.Name, metricfamily.GeneratorMemory.Name}

// onlyExported are the metrics that are known at the end alone.
var onlyExported = []string{metricfamily.RunPartial.Name, metricfamily.Rate.Name, metricfamily.ServerCPUPerMessage.Name, metricfamily.QueryMean.Name}

// TestEndsAsShowExports holds the last values to what show prints of the run.
func TestEndsAsShowExports(t *testing.T) {
	c := newCourse(t)
	c.watched = true
	for range 3 {
		c.record()
	}
	run := c.end(t)
	live, final := gathered(t, c.metrics, allBuckets), exported(t, run)
	shared := 0
	for name, want := range final {
		got := live[name]
		if got == nil {
			if !slices.Contains(onlyExported, name) {
				t.Errorf("%s is exported, and not exposed", name)
			}
			continue
		}
		shared++
		if kind := want.GetType(); kind != got.GetType() && kind != dto.MetricType_SUMMARY {
			t.Errorf("%s is a %v, and a %v where it is exported", name, got.GetType(), kind)
		}
		if !slices.Contains(differ, name) && !maps.Equal(values(got), values(want)) {
			t.Errorf("%s ends at\n%v, and is exported as\n%v", name, values(got), values(want))
		}
	}
	if shared < 21 {
		t.Errorf("%d metrics are exposed and exported", shared)
	}
}

// TestServerOfARunUnderWay has what was seen of the server up to the last interval.
func TestServerOfARunUnderWay(t *testing.T) {
	c := newCourse(t)
	c.watched = true
	c.record()
	c.record()
	families := gathered(t, c.metrics, allBuckets)
	for name, want := range map[string]map[string]float64{
		"smtpgauge_server_cpu_seconds_total":         {"": 1},
		"smtpgauge_server_cores_used":                {"": 0.5},
		"smtpgauge_server_resident_memory_bytes":     {"": 2e6},
		"smtpgauge_server_resident_memory_max_bytes": {"": 3e6},
		"smtpgauge_server_processes":                 {"": 5},
		"smtpgauge_server_written_bytes_total":       {"": 16384},
		"smtpgauge_server_context_switches_total":    {"": 140},
		"smtpgauge_server_listen_overflows_total":    {"": 0},
		"smtpgauge_server_accept_queue":              {"": 3},
		"smtpgauge_server_query":                     {"query=queued": 1},
	} {
		if got := values(families[name]); !maps.Equal(got, want) {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
	c.end(t)
}

func TestSumsAreThoseOfTheSamples(t *testing.T) {
	c := newCourse(t)
	c.record()
	c.record()
	for _, m := range gathered(t, c.metrics, classicBuckets)["smtpgauge_phase_seconds"].GetMetric() {
		if labels(m) == "flow=relay,part=service,phase=message" {
			// 11 to 20 ms: the second of warm-up is left out.
			if got := m.GetHistogram().GetSampleSum(); math.Abs(got-0.155) > 0.001 {
				t.Errorf("sum %v s, want 0.155", got)
			}
			c.end(t)
			return
		}
	}
	t.Error("there are no message times")
}

// TestBeforeTheFirstSecond is of a scrape that comes early: counters are there,
// so that no increase is missed, and times are not.
func TestBeforeTheFirstSecond(t *testing.T) {
	m := NewMetrics(twoFlows())
	families := gathered(t, m, allBuckets)
	if got := values(families["smtpgauge_messages_total"]); len(got) != 8 {
		t.Errorf("messages %v, want all outcomes of both flows at zero", got)
	}
	if got := values(families["smtpgauge_arrivals_total"]); len(got) != 2 || got["flow=inbound,state=due"] != 0 {
		t.Errorf("arrivals %v, want those of the open flow at zero", got)
	}
	for _, name := range []string{"smtpgauge_phase_seconds", "smtpgauge_run_valid", "smtpgauge_threshold_met", "smtpgauge_run_duration_seconds"} {
		if families[name] != nil {
			t.Errorf("%s is known before the first second", name)
		}
	}
}

func TestWhileItGoesOn(t *testing.T) {
	c := newCourse(t)
	c.record()
	families := gathered(t, c.metrics, allBuckets)
	for name, want := range map[string]map[string]float64{
		"smtpgauge_warmup_messages_total": {
			"flow=relay,outcome=accepted": 10, "flow=relay,outcome=rejected": 0, "flow=relay,outcome=failed": 0, "flow=relay,outcome=unknown": 0,
			"flow=inbound,outcome=accepted": 0, "flow=inbound,outcome=rejected": 0, "flow=inbound,outcome=failed": 0, "flow=inbound,outcome=unknown": 0,
		},
		"smtpgauge_sessions_open":          {"flow=relay": 2, "flow=inbound": 1},
		"smtpgauge_sessions_peak":          {"flow=relay": 3, "flow=inbound": 5},
		"smtpgauge_arrivals_total":         {"flow=inbound,state=due": 10, "flow=inbound,state=begun": 9},
		"smtpgauge_errors_total":           {"class=recipient-unknown,code=550,enhanced=5.1.1,flow=inbound,phase=rcpt": 1},
		"smtpgauge_generator_busy_share":   {"": 0.25},
		"smtpgauge_run_duration_seconds":   {"": 1},
		"smtpgauge_generator_late_seconds": {"": 10},
	} {
		if got := values(families[name]); !maps.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	c.end(t)
}

// TestNoServersTextIsALabel looks for the words of a reply in all that is
// exposed.
func TestNoServersTextIsALabel(t *testing.T) {
	c := newCourse(t)
	c.record()
	c.end(t)
	for name, f := range gathered(t, c.metrics, allBuckets) {
		for _, m := range f.GetMetric() {
			if strings.Contains(labels(m), "words") {
				t.Errorf("%s has the labels %s", name, labels(m))
			}
		}
	}
}

// Names are somebody else's words, and are harmless where a dashboard or a
// terminal shows them.
func TestLabelsArePrintable(t *testing.T) {
	p := twoFlows()
	p.Name, p.Flows[0].Name = "two\x1b[2J\u202e", "relay\xff\n"
	families := gathered(t, NewMetrics(p), allBuckets)
	for of, want := range map[string]string{"smtpgauge_run_info": `run=two\x1b[2J\u202e`, "smtpgauge_sessions_open": `flow=relay\xff\x0a`} {
		var all []string
		for _, m := range families[of].GetMetric() {
			all = append(all, labels(m))
		}
		if got := strings.Join(all, " "); !strings.Contains(got, want) {
			t.Errorf("%s has the labels %s, want %s", of, got, want)
		}
	}
}
