package scenarios

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A jsonSchema is a JSON Schema, draft 2020-12, with the keywords that scenarios
// need.
type jsonSchema struct {
	Draft       string          `json:"$schema,omitempty"`
	ID          string          `json:"$id,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Ref         string          `json:"$ref,omitempty"`
	Type        string          `json:"type,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`

	Enum      []string `json:"enum,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`
	MinLength *int     `json:"minLength,omitempty"`
	Minimum   *uint64  `json:"minimum,omitempty"`
	Maximum   *uint64  `json:"maximum,omitempty"`

	Properties           properties  `json:"properties,omitempty"`
	PropertyNames        *jsonSchema `json:"propertyNames,omitempty"`
	AdditionalProperties any         `json:"additionalProperties,omitempty"`
	MinProperties        *int        `json:"minProperties,omitempty"`
	MaxProperties        *int        `json:"maxProperties,omitempty"`
	Required             []string    `json:"required,omitempty"`

	Items    *jsonSchema   `json:"items,omitempty"`
	MinItems *int          `json:"minItems,omitempty"`
	MaxItems *int          `json:"maxItems,omitempty"`
	AnyOf    []*jsonSchema `json:"anyOf,omitempty"`
	If       *jsonSchema   `json:"if,omitempty"`
	Else     *jsonSchema   `json:"else,omitempty"`

	Defs properties `json:"$defs,omitempty"`

	// words say in English what a value looks like, for docs/scenario.md.
	words string
}

// orReference adds to the schema of a scalar that it may be a text with references.
func (s jsonSchema) orReference() *jsonSchema {
	switch {
	case s.Type != "string" || s.Enum != nil:
		reference := &jsonSchema{Type: "string", Pattern: tree.ReferencePattern}
		return &jsonSchema{AnyOf: []*jsonSchema{&s, reference}, words: s.words}
	case s.Pattern != "":
		s.Pattern = tree.ReferencePattern + "|" + s.Pattern
	}
	return &s
}

// A property is a named schema.
type property struct {
	Name   string
	Schema *jsonSchema
}

// properties keep the order of the table of options: editors show them in it.
type properties []property

// MarshalJSON renders the properties as an object.
func (p properties) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, property := range p {
		if i > 0 {
			b = append(b, ',')
		}
		s, err := tree.Marshal(property.Schema)
		if err != nil {
			return nil, err
		}
		b = append(tree.AppendText(b, property.Name), ':')
		b = append(b, s...)
	}
	return append(b, '}'), nil
}

// A generator collects the definitions of a schema.
type generator struct {
	defs properties
	// nullable is set in what is merged: there the loader takes null for "not
	// given" also of an option that has to be somewhere.
	nullable bool
}

// define puts a schema under $defs, once, and returns a reference to it.
func (g *generator) define(name string, make func() *jsonSchema) *jsonSchema {
	if !slices.ContainsFunc(g.defs, func(p property) bool { return p.Name == name }) {
		g.defs = append(g.defs, property{Name: name})
		i := len(g.defs) - 1
		g.defs[i].Schema = make()
	}
	return &jsonSchema{Ref: "#/$defs/" + name}
}

// complete describes a value that is not merged.
func (g *generator) complete(describe func(*generator) *jsonSchema) *jsonSchema {
	nullable := g.nullable
	g.nullable = false
	s := describe(g)
	g.nullable = nullable
	return s
}

// document adds an option's meaning and default to the schema of its value.
func (g *generator) document(s *jsonSchema, opt *option) *jsonSchema {
	if g.nullable || !opt.required {
		s = orNull(s)
	}
	s.Description = opt.doc
	if opt.fallback != "" && opt.fallback != "{}" {
		value := tree.Node{Tag: opt.tag, Text: opt.fallback}
		s.Default = value.AppendJSON(nil)
	}
	return s
}

func orNull(s *jsonSchema) *jsonSchema {
	others := s.AnyOf
	if others == nil {
		others = []*jsonSchema{s}
	}
	return &jsonSchema{AnyOf: append([]*jsonSchema{{Type: "null"}}, others...)}
}

func number[T int | int64 | uint64](v T) *uint64 {
	u := uint64(v)
	return &u
}

// owners are the objects that have an option, by its name, in the order in which the
// reference explains them.
var owners = sync.OnceValue(func() map[string][]string {
	g := &generator{}
	scenarioShape.describe(g)
	found := map[string][]string{}
	for _, def := range g.defs {
		for _, p := range def.Schema.Properties {
			found[p.Name] = append(found[p.Name], def.Name)
		}
	}
	return found
})

// ownersNear are those of the owners that are options of an object with these names, if any
// is; otherwise all.
func ownersNear(option string, names []string) []string {
	all := owners()[option]
	near := slices.DeleteFunc(slices.Clone(all), func(owner string) bool { return !slices.Contains(names, owner) })
	if len(near) > 0 {
		return near
	}
	return all
}

//go:generate go test -run ^(TestSchemaFile|TestReference)$ -update

// Schema returns the JSON Schema of scenario files, draft 2020-12, for editors. It
// describes each value by itself. Only Load checks which values go together, and
// whether the flows and files that a scenario names exist. schema.json in this
// folder is the same.
func Schema() []byte {
	g := &generator{}
	root := scenarioShape.describe(g)
	// What a scenario needs may stand in the one that it extends.
	whole := g.defs[slices.IndexFunc(g.defs, func(p property) bool { return "#/$defs/"+p.Name == root.Ref })].Schema
	whole.If, whole.Else = &jsonSchema{Required: []string{"extends"}}, &jsonSchema{Required: whole.Required}
	whole.Required = nil
	s := jsonSchema{
		Draft:       "https://json-schema.org/draft/2020-12/schema",
		Title:       "smtpgauge scenario, format 1",
		Description: "Which SMTP server to load, with which mail, how much of it and for how long.",
		Ref:         root.Ref,
		Defs:        g.defs,
	}
	var out bytes.Buffer
	b, err := tree.Marshal(&s)
	if err == nil {
		err = json.Indent(&out, b, "", "  ")
	}
	if err != nil { // nothing in the table fails to marshal
		panic(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}
