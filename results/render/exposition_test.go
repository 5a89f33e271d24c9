package render

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/render/export"
)

// A metricFamily is a metric as Prometheus' text format 0.0.4 has it, with its
// samples by name and labels.
type metricFamily struct {
	kind    string
	samples map[string]float64
}

var (
	metricName  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	metricLabel = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"`)
)

// parseExposition reads the format as strictly as Prometheus does, and holds
// it to what Prometheus only advises: every metric has help and a type ahead of
// its samples, which stand together.
func parseExposition(text string) (map[string]*metricFamily, error) {
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("the last line has no end")
	}
	families := map[string]*metricFamily{}
	helped, current := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			helped, _, _ = strings.Cut(rest, " ")
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			if families[name] != nil || name != helped || !slices.Contains([]string{"counter", "gauge", "summary"}, kind) {
				return nil, fmt.Errorf("%q: twice, without help, or of no kind", line)
			}
			families[name], current = &metricFamily{kind, map[string]float64{}}, name
			continue
		}
		if err := families[current].latencies(current, line); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	for name, f := range families {
		if len(f.samples) == 0 {
			return nil, fmt.Errorf("%s has no sample", name)
		}
	}
	return families, nil
}

func (f *metricFamily) latencies(family, line string) error {
	name := metricName.FindString(line)
	belongs := name == family || f != nil && f.kind == "summary" && (name == family+"_sum" || name == family+"_count")
	if f == nil || !belongs {
		return fmt.Errorf("it is not of the metric %s above it", family)
	}
	labels, rest, err := readLabels(line[len(name):])
	if err != nil {
		return err
	}
	if _, quantile := labels["quantile"]; quantile != (f.kind == "summary" && name == family) {
		return fmt.Errorf("a quantile where there is none, or none where there is one")
	}
	number, ok := strings.CutPrefix(rest, " ")
	value, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil {
		return fmt.Errorf("value %q", rest)
	}
	key := name
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		key += "|" + label + "=" + labels[label]
	}
	if _, twice := f.samples[key]; twice {
		return fmt.Errorf("a second sample of %s", key)
	}
	f.samples[key] = value
	return nil
}

func readLabels(text string) (labels map[string]string, rest string, err error) {
	labels = map[string]string{}
	text, some := strings.CutPrefix(text, "{")
	for some {
		m := metricLabel.FindStringSubmatch(text)
		if m == nil {
			return nil, "", fmt.Errorf("no label at %q", text)
		}
		if _, twice := labels[m[1]]; twice {
			return nil, "", fmt.Errorf("label %s twice", m[1])
		}
		labels[m[1]] = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(m[2])
		text = text[len(m[0]):]
		switch {
		case strings.HasPrefix(text, ","):
			text = text[1:]
		case strings.HasPrefix(text, "}"):
			return labels, text[1:], nil
		default:
			return nil, "", fmt.Errorf("neither comma nor brace at %q", text)
		}
	}
	return labels, text, nil
}

func TestExpositionIsValid(t *testing.T) {
	for _, name := range []string{"four-ports.prom", "bad-day.prom"} {
		if _, err := parseExposition(text(t, exported()[name]).String()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExpositionIsInSeconds(t *testing.T) {
	families, err := parseExposition(text(t, exported()["four-ports.prom"]).String())
	if err != nil {
		t.Fatal(err)
	}
	mail := fourPorts().Flows["relay-25"].Phases["mail"].Service
	const labels = "|flow=relay-25|part=service|phase=mail"
	times := families["smtpgauge_phase_seconds"].samples
	for key, want := range map[string]float64{
		"smtpgauge_phase_seconds" + labels + "|quantile=0.99": float64(mail.P99) / 1e9,
		"smtpgauge_phase_seconds" + labels + "|quantile=1":    float64(mail.Max) / 1e9,
		"smtpgauge_phase_seconds_count" + labels:              123_460,
	} {
		if got, ok := times[key]; !ok || got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if got := families["smtpgauge_messages_total"].samples["smtpgauge_messages_total|flow=relay-25|outcome=accepted"]; got != 123_400 {
		t.Errorf("%v messages accepted", got)
	}
}

// TestExpositionEscapes gives labels what could end them, and a threshold that
// comes twice.
func TestExpositionEscapes(t *testing.T) {
	res := badDay()
	res.Name = "a\"b\\n\n} 1\n# TYPE x gauge\n"
	res.Thresholds = append(res.Thresholds, res.Thresholds[0])
	var b bytes.Buffer
	if err := export.Prometheus(&b, res.Result); err != nil {
		t.Fatal(err)
	}
	families, err := parseExposition(b.String())
	if err != nil {
		t.Fatal(err)
	}
	for key := range families["smtpgauge_run_info"].samples {
		if !strings.Contains(key, `|run=a"b\n\x0a} 1\x0a# TYPE x gauge\x0a`) {
			t.Errorf("the run became %s", key)
		}
	}
}

// TestParserRefuses keeps the parser above from taking anything for valid.
func TestParserRefuses(t *testing.T) {
	const head = "# HELP a b\n# TYPE a gauge\n"
	for _, bad := range []string{
		"a 1\n", head, head + "a 1", head + "a 1\na 2\n", head + "b 1\n", head + "a x\n", head + "a{b=\"c} 1\n", head + "a{b=\"\\x\"} 1\n",
		head + "a{b=\"c\",b=\"d\"} 1\n", head + "a 1\n" + head + "a 2\n", head + "a_sum 1\n", head + "a{quantile=\"1\"} 1\n", "# TYPE a gauge\na 1\n",
	} {
		if _, err := parseExposition(bad); err == nil {
			t.Errorf("%q is taken for valid", bad)
		}
	}
}
