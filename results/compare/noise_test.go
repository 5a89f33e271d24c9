package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

func TestNoise(t *testing.T) {
	var sides [2][]*record.Run
	for i := range 16 {
		p := madeup.Quiet()
		p.Rounds, p.Seed = 1, uint64(i)
		sides[i%2] = append(sides[i%2], p.Read(t))
	}
	o := compare.Options{Metrics: []string{"message.*", "mail.p50", "errors"}}
	n, err := compare.MeasureNoise(sides[0], sides[1], o)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Differ) > 0 || n.Rounds != [2]int{8, 8} {
		t.Errorf("sides that are alike: %q, rounds %v", n.Differ, n.Rounds)
	}
	for _, r := range n.Rows {
		switch {
		case r.Metric == "errors":
			if r.NoisePercent != nil || r.ResolvablePercent != nil || r.RoundsFor != nil {
				t.Errorf("no errors at all: %+v", r)
			}
		case *r.NoisePercent < 0.5 || *r.NoisePercent > 15 || *r.ResolvablePercent < *r.NoisePercent:
			t.Errorf("%s.%s: noise %v, sees %v", r.Flow, r.Metric, *r.NoisePercent, *r.ResolvablePercent)
		case r.RoundsFor[0].Rounds < 8*r.RoundsFor[1].Rounds-100 || r.RoundsFor[3].Rounds < 5:
			t.Errorf("%s.%s: %+v", r.Flow, r.Metric, r.RoundsFor)
		}
	}
	var b bytes.Buffer
	for _, format := range render.Noises.Names() {
		b.Reset()
		if err := render.Noises.Write(&b, format, n, render.Options{Width: 80}); err != nil || !strings.Contains(b.String(), "message.p50") {
			t.Errorf("%s: %v", format, err)
		}
		if !strings.Contains(b.String(), "mail.p50") || !strings.Contains(b.String(), "PASS") {
			t.Errorf("%s: %s", format, b.String())
		}
		if format == "json" && json.Unmarshal(b.Bytes(), &compare.Noise{}) != nil {
			t.Error("JSON that is none")
		}
	}
	if render.Noises.Write(&b, "xml", n, render.Options{}) == nil {
		t.Error("a format that is none")
	}
	if got, err := compare.RoundsNeeded(sides[0][0], o); err != nil || got != 6 {
		t.Errorf("%d rounds needed for 12 metrics, %v", got, err)
	}

	// Sides that are not alike are found out.
	p := madeup.Quiet()
	p.Slower = map[string]float64{"relay": 1}
	n, err = compare.MeasureNoise([]*record.Run{madeup.Quiet().Read(t)}, []*record.Run{p.Read(t)}, o)
	if err != nil || len(n.Differ) == 0 {
		t.Fatalf("%v: nothing differs", err)
	}
	b.Reset()
	if err := render.Noises.Write(&b, "table", n, render.Options{}); err != nil || !strings.Contains(b.String(), "the set-up drifts") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}
