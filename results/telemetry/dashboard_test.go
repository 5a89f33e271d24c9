package telemetry

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/metricfamily"
)

// A dashboard is what is looked at of one of Grafana's.
type dashboard struct {
	Title      string
	Templating struct {
		List []struct{ Name, Type, Definition string }
	}
	Annotations struct{ List []target }
	Panels      []struct {
		Title, Type string
		GridPos     struct{ X, Y, W, H int }
		Targets     []target
	}
}

type target struct {
	Expr       string
	Datasource struct{ Type, UID string }
}

// queries are all that the dashboard asks.
func (d *dashboard) queries() []string {
	var list []string
	for _, a := range d.Annotations.List {
		list = append(list, a.Expr)
	}
	for _, v := range d.Templating.List {
		list = append(list, v.Definition)
	}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			list = append(list, q.Expr)
		}
	}
	return list
}

func readDashboard(t *testing.T) *dashboard {
	t.Helper()
	data, err := os.ReadFile("grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

var (
	selected   = regexp.MustCompile(`(smtpgauge_[a-z0-9_]+)(\{[^}]*\})?`)
	labelNamed = regexp.MustCompile(`([a-z_]+)(?:=~|!~|!=|=)"`)
	grouped    = regexp.MustCompile(`\bby \(([a-z_, ]+)\)`)
)

// exposes finds the family of a metric's name as Prometheus stores it.
func exposes(name string) (metricfamily.Family, bool) {
	for _, f := range metricfamily.Live {
		if f.Kind != metricfamily.Times && name == f.Name {
			return f, true
		}
		if f.Kind == metricfamily.Times && slices.Contains([]string{"_bucket", "_sum", "_count"}, strings.TrimPrefix(name, f.Name)) {
			return f, true
		}
	}
	return metricfamily.Family{}, false
}

// TestDashboardAsksForWhatIsExposed holds each query's metrics, and the labels
// it looks at, to those that are declared.
func TestDashboardAsksForWhatIsExposed(t *testing.T) {
	asked := map[string]bool{}
	for _, query := range readDashboard(t).queries() {
		known := []string{"instance", "le"} // Prometheus' own
		for _, m := range selected.FindAllStringSubmatch(query, -1) {
			f, ok := exposes(m[1])
			if !ok {
				t.Errorf("%s is not exposed, and asked for by %s", m[1], query)
			}
			asked[f.Name] = true
			known = append(known, f.Labels...)
			for _, label := range labelNamed.FindAllStringSubmatch(m[2], -1) {
				if label[1] != "instance" && !slices.Contains(f.Labels, label[1]) {
					t.Errorf("%s has no label %s, which is asked for by %s", f.Name, label[1], query)
				}
			}
		}
		for _, m := range grouped.FindAllStringSubmatch(query, -1) {
			for label := range strings.SplitSeq(m[1], ", ") {
				if !slices.Contains(known, label) {
					t.Errorf("nothing has a label %s, by which is grouped in %s", label, query)
				}
			}
		}
	}
	for _, f := range []metricfamily.Family{
		metricfamily.Messages, metricfamily.WarmupMessages, metricfamily.SessionsOpen, metricfamily.Arrivals, metricfamily.Failures, metricfamily.Phases,
		metricfamily.Late, metricfamily.Delay, metricfamily.Own, metricfamily.GeneratorBusy,
		metricfamily.ServerCores, metricfamily.ServerMemory, metricfamily.Query,
	} {
		if !asked[f.Name] {
			t.Errorf("the dashboard does not show %s", f.Name)
		}
	}
}

func TestDashboardTakesAnyDatasource(t *testing.T) {
	d := readDashboard(t)
	if v := d.Templating.List[0]; v.Name != "datasource" || v.Type != "datasource" {
		t.Errorf("the first variable is %+v, want the datasource", v)
	}
	for _, p := range d.Panels {
		if len(p.Targets) == 0 && p.Type != "row" {
			t.Errorf("%s asks nothing", p.Title)
		}
		for _, q := range p.Targets {
			if q.Datasource.UID != "${datasource}" || q.Datasource.Type != "prometheus" {
				t.Errorf("%s asks %+v", p.Title, q.Datasource)
			}
		}
	}
}

func TestPanelsDoNotOverlap(t *testing.T) {
	taken := map[[2]int]string{}
	for _, p := range readDashboard(t).Panels {
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
					t.Fatalf("%s is where %s is, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}
