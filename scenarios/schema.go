package scenarios

import (
	"bytes"
	"encoding/json"
)

//go:generate go test -run ^(TestSchemaFile|TestReference)$ -update

// Schema returns the JSON Schema of scenario files, draft 2020-12, which
// editors complete and check by. It says what can be said of each value by
// itself; how values go together, and whether names name anything, only Load
// knows. schema.json beside this file is the same.
func Schema() []byte {
	g := &generator{}
	root := scenarioShape.describe(g)
	s := jsonSchema{
		Draft:       "https://json-schema.org/draft/2020-12/schema",
		Title:       "smtpgauge scenario, format 1",
		Description: "What to load an SMTP server with, how much and for how long.",
		Ref:         root.Ref,
		Defs:        g.defs,
	}
	var out bytes.Buffer
	b, err := marshal(&s)
	if err == nil {
		err = json.Indent(&out, b, "", "  ")
	}
	if err != nil { // nothing in the table fails to marshal
		panic(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}
