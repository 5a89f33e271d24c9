package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// override applies PATH=VALUE to the tree before anything is merged, so that
// it is checked just as what stands in the file.
func (d *decoder) override(root *node, setting string) {
	path, value, found := strings.Cut(setting, "=")
	at := position{file: "--set " + path}
	if !found || path == "" {
		// The setting is not shown: it may be a password that lost its path.
		d.faultf(position{file: "--set"}, "want PATH=VALUE, as in flows.relay.load.sessions=50")
		return
	}
	steps := strings.Split(path, ".")
	if steps[0] == "flows" && len(steps) > 1 {
		if flows := root.get("flows"); flows != nil && flows.kind == mapping && flows.get(steps[1]) == nil {
			d.faultf(at, "%v", unknownFlow(steps[1], flows.keys()))
			return
		}
	}
	n := parseOverride(at.file, value, &d.report)
	if n == nil {
		return
	}
	if err := root.assign(steps, n); err != nil {
		d.faultf(at, "%v", err)
	}
}

// assign sets the value at a path. What is missing on the way is made: a list
// for item 0, else a mapping. A list grows by one at its end.
func (n *node) assign(steps []string, value *node) error {
	step := steps[0]
	if n.kind == sequence {
		return n.assignItem(steps, value)
	}
	if n.null() {
		*n = node{kind: mapping, at: value.at}
	}
	switch {
	case n.kind != mapping:
		return fmt.Errorf("%s is below something that has no fields", quote(step))
	case step == "":
		return fmt.Errorf("the path has an empty part")
	case len(steps) == 1:
		n.put(step, value)
		return nil
	}
	child := n.get(step)
	if child == nil {
		child = &node{kind: mapping, at: value.at}
		if steps[1] == "0" {
			child.kind = sequence
		}
		n.put(step, child)
	}
	return child.assign(steps[1:], value)
}

func (n *node) assignItem(steps []string, value *node) error {
	i, err := strconv.Atoi(steps[0])
	if err != nil || i < 0 || i > len(n.items) {
		return fmt.Errorf("%s is no item of the list: it has %d, counted from 0", quote(steps[0]), len(n.items))
	}
	if i == len(n.items) {
		n.items = append(n.items, &node{kind: mapping, at: value.at})
	}
	if len(steps) == 1 {
		n.items[i] = value
		return nil
	}
	return n.items[i].assign(steps[1:], value)
}

// retarget puts another host in place of the scenario's. A flow with a target
// of its own would be left out of it, or wrongly sent there, so it has to be
// said which.
func (d *decoder) retarget(root *node, host string) {
	at := position{file: "--target"}
	flows := root.get("flows")
	if flows != nil && flows.kind == mapping {
		for _, e := range flows.entries {
			if e.value.get("target").get("host") != nil || e.value.get("target").get("socket") != nil {
				d.faultf(at, "flow %s has a target of its own: use --set flows.%s.target.host=%s", e.key, e.key, host)
				return
			}
		}
	}
	if root.kind != mapping {
		return // a fault of its own
	}
	if err := root.assign([]string{"target", "host"}, word(at, host)); err != nil {
		d.faultf(at, "%v", err)
	}
}
