package completion

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A schema is what of a scenario's JSON Schema says which fields and words there
// are.
type schema struct {
	Ref         string             `json:"$ref"`
	Defs        map[string]*schema `json:"$defs"`
	AnyOf       []*schema          `json:"anyOf"`
	Type        string             `json:"type"`
	Description string             `json:"description"`
	Enum        []string           `json:"enum"`
	Properties  map[string]*schema `json:"properties"`
	Items       *schema            `json:"items"`

	// Additional is false, or the schema of the values under keys that the user
	// chooses.
	Additional json.RawMessage `json:"additionalProperties"`
}

// A grammar is the schema of scenarios, and its definitions.
type grammar struct{ root *schema }

func scenarioGrammar() grammar {
	var root schema
	if err := json.Unmarshal(scenarios.Schema(), &root); err != nil { // this program made it
		panic(err)
	}
	return grammar{&root}
}

// kinds are the schemas that a value may follow: references and choices resolved.
func (g grammar) kinds(s *schema) (list []*schema) {
	switch {
	case s == nil:
	case s.Ref != "":
		return g.kinds(g.root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")])
	case s.AnyOf != nil:
		for _, one := range s.AnyOf {
			list = append(list, g.kinds(one)...)
		}
	case s.Type != "null":
		list = append(list, s)
	}
	return list
}

// field returns the schema of what is at a step of a path below a value; nil if
// there can be nothing.
func (g grammar) field(s *schema, step string) *schema {
	for _, kind := range g.kinds(s) {
		if p := kind.Properties[step]; p != nil {
			return p
		}
		if more := kind.chosen(); more != nil {
			return more
		}
		if _, err := strconv.ParseUint(step, 10, 16); err == nil && kind.Items != nil {
			return kind.Items
		}
	}
	return nil
}

// at returns the schema of what is at a path; nil if there can be nothing.
func (g grammar) at(steps ...string) *schema {
	s := g.root
	for _, step := range steps {
		s = g.field(s, step)
	}
	return s
}

// chosen is the schema of the values under keys that the user chooses; nil if
// there are no such keys.
func (s *schema) chosen() *schema {
	var more schema
	if len(s.Additional) == 0 || json.Unmarshal(s.Additional, &more) != nil {
		return nil
	}
	return &more
}

// words are those that a value may be, if they are few.
func (g grammar) words(s *schema) (list []string) {
	for _, kind := range g.kinds(s) {
		list = append(list, kind.Enum...)
		if kind.Type == "boolean" {
			list = append(list, "true", "false")
		}
	}
	return list
}

// names are the fields that a value may have, without those that the user names.
func (g grammar) names(s *schema) (list []string) {
	for _, kind := range g.kinds(s) {
		list = append(list, slices.Sorted(maps.Keys(kind.Properties))...)
	}
	return list
}

// isList reports whether a value may be a list.
func (g grammar) isList(s *schema) bool {
	return slices.ContainsFunc(g.kinds(s), func(kind *schema) bool { return kind.Items != nil })
}

// ends are what may follow a path to a value: = if it may be a word or a number,
// and a dot if there may be something in it.
func (g grammar) ends(s *schema) (list []string) {
	for _, kind := range g.kinds(s) {
		end := "="
		if kind.Type == "object" || kind.Type == "array" {
			end = "."
		}
		if !slices.Contains(list, end) {
			list = append(list, end)
		}
	}
	return list
}
