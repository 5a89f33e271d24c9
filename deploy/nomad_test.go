package deploy

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// A nomadFile has the blocks and attributes of Nomad's job specification that the file uses.
// Any other is an error.
type nomadFile struct {
	Variables []nomadVariable `hcl:"variable,block"`
	Job       nomadJob        `hcl:"job,block"`
}

type nomadVariable struct {
	Name        string         `hcl:"name,label"`
	Type        hcl.Expression `hcl:"type"`
	Default     hcl.Expression `hcl:"default,optional"`
	Description string         `hcl:"description,optional"`
}

type nomadJob struct {
	Name   string       `hcl:"name,label"`
	Type   string       `hcl:"type"`
	Groups []nomadGroup `hcl:"group,block"`
}

type nomadGroup struct {
	Name        string            `hcl:"name,label"`
	Count       int               `hcl:"count"`
	Constraints []nomadConstraint `hcl:"constraint,block"`
	Spread      *nomadSpread      `hcl:"spread,block"`
	Restart     nomadRestart      `hcl:"restart,block"`
	Reschedule  nomadReschedule   `hcl:"reschedule,block"`
	Network     *nomadNetwork     `hcl:"network,block"`
	Tasks       []nomadTask       `hcl:"task,block"`
}

type nomadConstraint struct {
	Attribute string `hcl:"attribute"`
	Value     string `hcl:"value"`
}

type nomadSpread struct {
	Attribute string `hcl:"attribute"`
}

type nomadRestart struct {
	Attempts int    `hcl:"attempts"`
	Mode     string `hcl:"mode"`
}

type nomadReschedule struct {
	Attempts  int  `hcl:"attempts"`
	Unlimited bool `hcl:"unlimited"`
}

type nomadNetwork struct {
	Ports []struct {
		Label  string `hcl:"label,label"`
		Static int    `hcl:"static"`
	} `hcl:"port,block"`
}

type nomadTask struct {
	Name        string          `hcl:"name,label"`
	Driver      string          `hcl:"driver"`
	User        string          `hcl:"user"`
	KillTimeout string          `hcl:"kill_timeout"`
	Config      nomadDocker     `hcl:"config,block"`
	Templates   []nomadTemplate `hcl:"template,block"`
	Resources   nomadResources  `hcl:"resources,block"`
}

type nomadDocker struct {
	Image          string            `hcl:"image"`
	Args           []string          `hcl:"args"`
	Ports          []string          `hcl:"ports,optional"`
	WorkDir        string            `hcl:"work_dir,optional"`
	CapDrop        []string          `hcl:"cap_drop"`
	SecurityOpt    []string          `hcl:"security_opt"`
	ReadonlyRootfs bool              `hcl:"readonly_rootfs"`
	Sysctl         map[string]string `hcl:"sysctl,optional"`
	Ulimit         *struct {
		NoFile string `hcl:"nofile"`
	} `hcl:"ulimit,block"`
}

type nomadTemplate struct {
	Data           string `hcl:"data"`
	Destination    string `hcl:"destination"`
	Environment    bool   `hcl:"env,optional"`
	ChangeMode     string `hcl:"change_mode"`
	LeftDelimiter  string `hcl:"left_delimiter,optional"`
	RightDelimiter string `hcl:"right_delimiter,optional"`
}

type nomadResources struct {
	CPU    int `hcl:"cpu,optional"`
	Cores  int `hcl:"cores,optional"`
	Memory int `hcl:"memory"`
}

// nomadFileAt is where the job is.
const nomadFileAt = "nomad/smtpgauge.nomad.hcl"

// nomad reads the job with the values of some variables.
func nomad(t *testing.T, variables map[string]cty.Value) nomadJob {
	t.Helper()
	var file nomadFile
	if err := hclsimple.DecodeFile(nomadFileAt, nomadContext(variables), &file); err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, v := range file.Variables {
		declared = append(declared, v.Name)
	}
	for name := range variables {
		if !slices.Contains(declared, name) {
			t.Errorf("the variable %s is not declared", name)
		}
	}
	return file.Job
}

// nomadContext is what the expressions of the file may use. Nomad leaves the names of a node
// for the node to fill in.
func nomadContext(variables map[string]cty.Value) *hcl.EvalContext {
	types := map[string]cty.Value{"string": cty.StringVal("string"), "number": cty.StringVal("number")}
	types["var"] = cty.ObjectVal(variables)
	types["attr"] = cty.ObjectVal(map[string]cty.Value{"unique": cty.ObjectVal(map[string]cty.Value{
		"network": cty.ObjectVal(map[string]cty.Value{"ip-address": cty.StringVal("${attr.unique.network.ip-address}")}),
	})})
	types["node"] = cty.ObjectVal(map[string]cty.Value{"unique": cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal("${node.unique.id}")})})
	return &hcl.EvalContext{Variables: types, Functions: map[string]function.Function{"concat": stdlib.ConcatFunc}}
}

func TestNomad(t *testing.T) {
	text := scenario(t)
	job := nomad(t, map[string]cty.Value{
		"scenario": cty.StringVal(text), "coordinator": cty.StringVal("10.0.0.10"), "agents": cty.NumberIntVal(3), "image": cty.StringVal("smtpgauge:dev"),
		"may_load": cty.ListVal([]cty.Value{cty.StringVal("mail.example.test")}),
	})
	if job.Type != "batch" || len(job.Groups) != 2 {
		t.Fatalf("the job is of the type %s, with %d groups", job.Type, len(job.Groups))
	}
	f := fleet{host: "10.0.0.10"}
	for _, g := range job.Groups {
		if g.Restart != (nomadRestart{Mode: "fail"}) || g.Reschedule != (nomadReschedule{}) {
			t.Errorf("%s is started again: %+v %+v", g.Name, g.Restart, g.Reschedule)
		}
		if len(g.Tasks) != 1 {
			t.Fatalf("%s has %d tasks", g.Name, len(g.Tasks))
		}
		task := g.Tasks[0]
		if c := task.Config; task.User != "65532:65532" || !c.ReadonlyRootfs || !slices.Equal(c.CapDrop, []string{"all"}) || !slices.Contains(c.SecurityOpt, "no-new-privileges") {
			t.Errorf("%s may do more than it needs", task.Name)
		}
		for range g.Count {
			if g.Name == "agents" {
				f.agents = append(f.agents, task.Config.Args)
			} else {
				f.coordinator = task.Config.Args
			}
		}
		for _, template := range task.Templates {
			if template.ChangeMode != "noop" {
				t.Errorf("%s is started again if %s changes", task.Name, template.Destination)
			}
		}
	}
	if len(f.agents) != 3 || !slices.Contains(f.agents[0], "--i-may-load=mail.example.test") {
		t.Errorf("the agents are %q", f.agents)
	}
	f.check(t)
	checkNomadCoordinator(t, job.Groups[0], text)

	template := job.Groups[1].Tasks[0].Templates[0]
	if !template.Environment || !strings.HasPrefix(template.Destination, "secrets/") ||
		strings.TrimSpace(template.Data) != `{{ with nomadVar "nomad/jobs/smtpgauge" }}SMTPGAUGE_TOKEN={{ .SMTPGAUGE_TOKEN }}{{ end }}` {
		t.Errorf("an agent gets not the token alone: %+v", template)
	}
}

// checkNomadCoordinator fails the test unless the coordinator is on the node whose address
// the agents have, at the port that it listens on, and gets the scenario as it stands.
func checkNomadCoordinator(t *testing.T, g nomadGroup, text string) {
	t.Helper()
	task := g.Tasks[0]
	if want := []nomadConstraint{{Attribute: "${attr.unique.network.ip-address}", Value: "10.0.0.10"}}; !reflect.DeepEqual(g.Constraints, want) {
		t.Errorf("the coordinator is anywhere: %+v", g.Constraints)
	}
	if p := g.Network.Ports; len(p) != 1 || p[0].Static != 4222 || !slices.Equal(task.Config.Ports, []string{p[0].Label}) || value(t, task.Config.Args, "--listen") != "0.0.0.0:4222" {
		t.Errorf("no port leads to the coordinator: %+v", p)
	}
	file := task.Templates[0]
	if file.Data != text || "/"+file.Destination != task.Config.Args[1] || strings.Contains(text, file.LeftDelimiter) {
		t.Errorf("the coordinator gets another scenario: %+v", file)
	}
	if e := task.Templates[1]; !e.Environment || !strings.HasPrefix(e.Destination, "secrets/") || !strings.Contains(e.Data, `nomadVar "nomad/jobs/smtpgauge"`) {
		t.Errorf("the coordinator has not the token: %+v", e)
	}
}
