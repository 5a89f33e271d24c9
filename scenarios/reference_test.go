package scenarios

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// referenceFile explains scenario files. Its prose and its examples are written
// by hand; its tables of options are made from the table of options here.
const referenceFile = "../docs/scenario.md"

// An optionTable is a table of the reference with the options of an object, between
// two comments.
var optionTable = regexp.MustCompile(`(?s)(<!-- options of (\w+) -->\n).*?(<!-- end of options -->)`)

// TestReference makes the tables of the reference. Each object has one.
func TestReference(t *testing.T) {
	g := &generator{}
	scenarioShape.describe(g)
	text, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]int{}
	text = optionTable.ReplaceAllFunc(text, func(found []byte) []byte {
		parts := optionTable.FindSubmatch(found)
		name := string(parts[2])
		made[name]++
		table := slices.Concat(parts[1], tableOf(t, g.find(t, name)), parts[3])
		if !*update && !bytes.Equal(table, found) {
			t.Errorf("the options of %s are not what %s says: go generate ./scenarios writes that", name, referenceFile)
		}
		return table
	})
	for _, def := range g.defs {
		if made[def.Name] != 1 {
			t.Errorf("%s has %d tables of the options of %s, want 1", referenceFile, made[def.Name], def.Name)
		}
	}
	if *update {
		if err := os.WriteFile(referenceFile, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// find returns the object of that name.
func (g *generator) find(t *testing.T, name string) *jsonSchema {
	t.Helper()
	i := slices.IndexFunc(g.defs, func(p property) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no object is named %s", name)
	}
	return g.defs[i].Schema
}

// tableOf is the table of an object's options in Markdown.
func tableOf(t *testing.T, object *jsonSchema) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("| option | value | if left out | meaning |\n|---|---|---|---|\n")
	for _, p := range object.Properties {
		otherwise := ""
		switch {
		case slices.Contains(object.Required, p.Name):
			otherwise = "is a fault"
		case p.Schema.Default != nil:
			otherwise = "`" + defaultOf(t, p.Schema) + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, valueOf(p.Schema), otherwise, inMarkdown(p.Schema.Description))
	}
	return b.Bytes()
}

// defaultOf is a default as it would be written in a scenario: in quotes if YAML
// would read it as something else than text.
func defaultOf(t *testing.T, s *jsonSchema) string {
	t.Helper()
	bare := strings.Trim(string(s.Default), `"`)
	if bare == string(s.Default) || asJSON(t, []byte(bare)) == any(bare) {
		return bare
	}
	return string(s.Default)
}

// valueOf says what a value looks like, in the words of the loader's messages.
func valueOf(s *jsonSchema) string {
	switch {
	case s.Ref != "":
		name := strings.TrimPrefix(s.Ref, "#/$defs/")
		return fmt.Sprintf("[%s](#%s)", name, name)
	case s.words != "":
		words := inMarkdown(s.words)
		if item, ok := s.AdditionalProperties.(*jsonSchema); ok && item.words == "" {
			words += "; each value " + valueOf(item)
		}
		return words
	case s.Items != nil && s.MinItems != nil:
		return fmt.Sprintf("a list of %d to %d, each %s", *s.MinItems, *s.MaxItems, valueOf(s.Items))
	case s.Items != nil:
		return fmt.Sprintf("a list of at most %d, each %s", *s.MaxItems, valueOf(s.Items))
	}
	var all []string
	for _, one := range s.AnyOf {
		if one.Type != "null" && !(one.Type == "string" && one.Pattern == tree.ReferencePattern) { // null removes a value, and is none; any text may have references
			all = append(all, valueOf(one))
		}
	}
	return strings.Join(all, "; or ")
}

// inMarkdown escapes the characters of a text that mean something in Markdown.
func inMarkdown(text string) string {
	return regexp.MustCompile("[\\\\`*_|<$]").ReplaceAllString(text, `\$0`)
}

// example is a scenario in the reference.
type example struct {
	line   int // of its first line
	source string
}

func examples(t *testing.T) []example {
	t.Helper()
	text, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	inside := false
	for i, line := range strings.SplitAfter(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			if inside = !inside && line == "```yaml\n"; inside {
				list = append(list, example{line: i + 2})
			}
		case inside:
			list[len(list)-1].source += line
		}
	}
	return list
}

// exampleFiles are those that the examples name.
func exampleFiles(t *testing.T) fstest.MapFS {
	cert, key := pair(t)
	const letter = "Subject: hello\n\nHello.\n"
	return fstest.MapFS{
		"docs/ca.pem": {Data: cert}, "docs/client.pem": {Data: cert}, "docs/client.key": {Data: key},
		"docs/token.txt":      {Data: []byte("a-token\n")},
		"docs/accounts.csv":   {Data: []byte("username,password\nada,one\ngrace,two\n")},
		"docs/people.csv":     {Data: []byte("first,domain\nada,a.example.test\ngrace,b.example.test\n")},
		"docs/brochure.pdf":   {Data: []byte("%PDF-1.4\n")},
		"docs/mails/one.eml":  {Data: []byte(letter)},
		"docs/mails/mail.txt": {Data: []byte(letter)},
	}
}

// TestReferenceExamples loads each example. The lines in faults are those of the
// reference.
func TestReferenceExamples(t *testing.T) {
	options := LoadOptions{FS: exampleFiles(t), LookupEnv: testOptions().LookupEnv}
	schema := compiledSchema(t)
	for _, e := range examples(t) {
		padded := strings.Repeat("\n", e.line-1) + e.source
		if _, err := Parse("docs/scenario.md", []byte(padded), options); err != nil {
			t.Error(err)
		} else if err := schema.Validate(asJSON(t, []byte(e.source))); err != nil {
			t.Errorf("docs/scenario.md:%d: %v", e.line, err)
		}
	}
}

// TestReferenceShowsEveryOption wants each option of each object in an example.
func TestReferenceShowsEveryOption(t *testing.T) {
	g := &generator{}
	root := scenarioShape.describe(g)
	shown := map[string]bool{}
	for _, e := range examples(t) {
		g.note(t, root, asJSON(t, []byte(e.source)), shown)
	}
	for _, def := range g.defs {
		for _, p := range def.Schema.Properties {
			if name := def.Name + "." + p.Name; !shown[name] {
				t.Errorf("%s is in no example of %s", name, referenceFile)
			}
		}
	}
}

// note notes which options stand in a value.
func (g *generator) note(t *testing.T, s *jsonSchema, value any, shown map[string]bool) {
	for _, one := range s.AnyOf {
		g.note(t, one, value, shown)
	}
	name, isRef := strings.CutPrefix(s.Ref, "#/$defs/")
	if isRef {
		s = g.find(t, name)
	}
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			if s.Items != nil {
				g.note(t, s.Items, item, shown)
			}
		}
	case map[string]any:
		for key, inner := range value {
			if item, ok := s.AdditionalProperties.(*jsonSchema); ok {
				g.note(t, item, inner, shown)
			}
			for _, p := range s.Properties {
				if p.Name == key {
					shown[name+"."+key] = true
					g.note(t, p.Schema, inner, shown)
				}
			}
		}
	}
}
