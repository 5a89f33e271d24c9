package render

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// The sections of a run's report.
const (
	flowsID      table.ID = "flows"
	sessionsID   table.ID = "sessions"
	addressesID  table.ID = "addresses"
	phasesID     table.ID = "phases"
	matrixID     table.ID = "matrix"
	costsID      table.ID = "costs"
	judgedID     table.ID = "judged"
	makeUpID     table.ID = "make-up"
	errorsID     table.ID = "errors"
	stagesID     table.ID = "stages"
	roundsID     table.ID = "rounds"
	driftsID     table.ID = "drift"
	thresholdsID table.ID = "thresholds"
	serverID     table.ID = "server"
	findingsID   table.ID = "findings"
	agentsID     table.ID = "agents"
	generatorID  table.ID = "generator"
	validityID   table.ID = "validity"
)

// withoutEmpty leaves out sections in which there is nothing to show.
func withoutEmpty(sections ...table.Section) []table.Section {
	return slices.DeleteFunc(sections, func(s table.Section) bool { return s.IsEmpty() })
}

// warningSection has the warnings, which stand out.
func warningSection(warnings []string) table.Section {
	s := table.Section{Title: "Warnings"}
	for _, w := range warnings {
		s.Warn(w)
	}
	return s
}
