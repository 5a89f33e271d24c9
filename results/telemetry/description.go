package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/smtpgauge/smtpgauge/results/metricfamily"
)

// descriptions are the families as the library has them, by name.
var descriptions = func() map[string]*prometheus.Desc {
	all := map[string]*prometheus.Desc{}
	for _, f := range metricfamily.Live {
		all[f.Name] = prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)
	}
	return all
}()

func description(f metricfamily.Family) *prometheus.Desc { return descriptions[f.Name] }
