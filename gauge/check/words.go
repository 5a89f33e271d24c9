package check

import "github.com/smtpgauge/smtpgauge/loadgen"

// words say what to change in the terms of whoever has to: as the field of a scenario that
// they wrote, or as a flag of the command that they typed.
type words struct{ madeBy string } // see loadgen.Plan.MadeBy

func wordsOf(p *loadgen.Plan) words { return words{p.MadeBy} }

// pick returns the words for somebody with a scenario, or those for one with flags alone.
func (w words) pick(scenario, flags string) string {
	if w.madeBy == "" {
		return scenario
	}
	return flags
}

// pickOf is pick for what quick has a flag for and other commands with flags have not.
func (w words) pickOf(scenario, quick, other string) string {
	if w.madeBy == "quick" {
		return quick
	}
	return w.pick(scenario, other)
}

// passwordVariable is scenarios.PasswordVariable: where flags have the password.
const passwordVariable = "SMTPGAUGE_PASSWORD"

// field names options that no flag stands for.
func (w words) field(name string) string {
	return w.pick(name, name+" in a scenario, which smtpgauge quick --print writes,")
}

// mode says to use a mode of TLS.
func (w words) mode(name string) string {
	return w.pick("set the flow's tls: "+name, "use --tls "+name)
}
