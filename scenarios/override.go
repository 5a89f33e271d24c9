package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// override applies PATH=VALUE to the tree before anything is merged, so that it is
// checked like what stands in the file.
func (d *decoder) override(root *tree.Node, setting string) {
	path, value, found := strings.Cut(setting, "=")
	at := tree.Position{File: "--set " + path}
	if !found || path == "" {
		// The setting is not shown: it may be a password whose path was forgotten.
		d.Faultf(tree.Position{File: "--set"}, "want PATH=VALUE, as in flows.relay.load.sessions=50")
		return
	}
	steps := strings.Split(path, ".")
	if steps[0] == "flows" && len(steps) > 1 {
		if flows := root.Get("flows"); flows != nil && flows.Kind == tree.Mapping && flows.Get(steps[1]) == nil {
			d.Faultf(at, "%v", unknownFlow(steps[1], flows.Keys()))
			return
		}
	}
	n := tree.ParseOverride(at.File, value, &d.Report)
	if n == nil {
		return
	}
	if err := assign(root, steps, n); err != nil {
		d.Faultf(at, "%v", err)
	}
}

// assign sets the value at a path, and makes what is missing on the way: a list for
// item 0, else a mapping. The item after a list's last one is appended.
func assign(n *tree.Node, steps []string, value *tree.Node) error {
	step := steps[0]
	if n.Kind == tree.Sequence {
		return assignItem(n, steps, value)
	}
	if n.Null() {
		*n = tree.Node{Kind: tree.Mapping, At: value.At}
	}
	switch {
	case n.Kind != tree.Mapping:
		return fmt.Errorf("%s cannot be set: what comes before it in the path has no fields", tree.Quote(step))
	case step == "":
		return fmt.Errorf("the path has an empty part")
	case len(steps) == 1:
		n.Put(step, value)
		return nil
	}
	child := n.Get(step)
	if child == nil {
		child = &tree.Node{Kind: tree.Mapping, At: value.At}
		if steps[1] == "0" {
			child.Kind = tree.Sequence
		}
		n.Put(step, child)
	}
	return assign(child, steps[1:], value)
}

func assignItem(n *tree.Node, steps []string, value *tree.Node) error {
	i, err := strconv.Atoi(steps[0])
	if err != nil || i < 0 || i > len(n.Items) {
		return fmt.Errorf("%s is no item of the list: it has %d, counted from 0", tree.Quote(steps[0]), len(n.Items))
	}
	if i == len(n.Items) {
		n.Items = append(n.Items, &tree.Node{Kind: tree.Mapping, At: value.At})
	}
	if len(steps) == 1 {
		n.Items[i] = value
		return nil
	}
	return assign(n.Items[i], steps[1:], value)
}

// retarget puts another host in place of the scenario's. If a flow has a target of
// its own, it is unclear whether that is meant as well, so this is a fault.
func (d *decoder) retarget(root *tree.Node, host string) {
	at := tree.Position{File: "--target"}
	flows := root.Get("flows")
	if flows != nil && flows.Kind == tree.Mapping {
		for _, e := range flows.Entries {
			if e.Value.Get("target").Get("host") != nil || e.Value.Get("target").Get("socket") != nil {
				d.Faultf(at, "flow %s has a target of its own: use --set flows.%s.target.host=%s", e.Key, e.Key, host)
				return
			}
		}
	}
	if root.Kind != tree.Mapping {
		return // decoding reports that
	}
	if err := assign(root, []string{"target", "host"}, tree.Word(at, host)); err != nil {
		d.Faultf(at, "%v", err)
	}
}
