package tree

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// YAML writes JSON as YAML for people, its keys in the order they have.
func YAML(json []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Load(json, &doc); err != nil {
		return nil, fmt.Errorf("write as YAML: %w", err)
	}
	plain(&doc)
	text, err := yaml.Dump(&doc, yaml.WithIndent(2))
	if err != nil {
		return nil, fmt.Errorf("write as YAML: %w", err)
	}
	return text, nil
}

// plain takes the braces and quotes of JSON off. What needs quotes in YAML gets
// them again.
func plain(n *yaml.Node) {
	n.Style = 0
	short := n.Kind == yaml.SequenceNode
	for _, c := range n.Content {
		plain(c)
		short = short && c.Kind == yaml.ScalarNode
	}
	if short || len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
}
