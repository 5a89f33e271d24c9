package tree

import (
	"fmt"

	"go.yaml.in/yaml/v4"
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
	short := n.Kind == yaml.SequenceNode
	for _, c := range n.Content {
		simplify(c)
		short = short && c.Kind == yaml.ScalarNode
	}
	if short || len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
}
