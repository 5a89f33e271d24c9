package tree

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// YAML writes JSON as YAML for people, and keeps the order of the keys.
func YAML(json []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Load(json, &doc); err != nil {
		return nil, fmt.Errorf("write as YAML: %w", err)
	}
	simplify(&doc)
	text, err := yaml.Dump(&doc, yaml.WithIndent(2))
	if err != nil {
		return nil, fmt.Errorf("write as YAML: %w", err)
	}
	return text, nil
}

// simplify removes the braces and quotes of JSON. The YAML library adds quotes again
// where YAML needs them.
func simplify(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && needsQuotes(n.Value) {
		n.Style = yaml.DoubleQuotedStyle
	}
	short := n.Kind == yaml.SequenceNode
	for _, c := range n.Content {
		simplify(c)
		short = short && c.Kind == yaml.ScalarNode
	}
	if n.Kind != yaml.ScalarNode && (short || len(n.Content) == 0) {
		n.Style = yaml.FlowStyle
	}
}

// needsQuotes tells whether a text would not be read as itself. What is made
// harmless for a terminal is still the same text within double quotes: YAML has the
// same escapes. Older readers of YAML take yes and no for true and false.
func needsQuotes(text string) bool {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "=":
		return true
	}
	return printable.Text(text) != text
}
