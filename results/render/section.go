package render

import "github.com/smtpgauge/smtpgauge/results/render/table"

// The sections of a run's report.
const (
	flowsID      table.ID = "flows"
	sessionsID   table.ID = "sessions"
	addressesID  table.ID = "addresses"
	phasesID     table.ID = "phases"
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
