package completion

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Metrics completes to the metrics that runs are compared by. What a gate says of
// one follows, so no space does.
func Metrics(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return beginning(metrics(), word), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// MetricPatterns completes to metrics, and to patterns of all that begin alike.
func MetricPatterns(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list := metrics()
	for _, name := range metrics() {
		if first, _, more := strings.Cut(name, "."); more && !slices.Contains(list, first+".*") {
			list = append(list, first+".*")
		}
	}
	return beginning(list, word), cobra.ShellCompDirectiveNoFileComp
}

func metrics() (list []cobra.Completion) {
	for _, load := range []sample.LoadKind{sample.ClosedLoad, sample.OpenLoad} {
		for _, m := range criteria.ComparedBy(load) {
			if !slices.Contains(list, m.Name) {
				list = append(list, m.Name)
			}
		}
	}
	return list
}
