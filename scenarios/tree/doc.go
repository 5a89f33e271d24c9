// Package tree reads YAML into a tree of values, each with its position, so that a
// message about a value can say where it stands. It knows nothing about what a
// scenario may say: package scenarios decodes the tree.
//
//	var r tree.Report
//	root := tree.Parse("relay.yaml", source, &r)
//	if root != nil && root.Get("name") == nil {
//		r.Faultf(root.At, "name is missing")
//	}
//	return r.Err() // Faults, each as file:line:column: message
//
// A [Node] is a scalar, a mapping or a sequence. Aliases are replaced by copies of
// what they stand for. Size and depth are bounded, so a file may come from anywhere.
// A [Report] collects what is wrong, so that all of it is shown at once.
package tree
