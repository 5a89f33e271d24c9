package scenarios

import (
	"fmt"
	"net"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// setPrefix begins the position of what a setting brings in.
const setPrefix = "--set "

// override applies PATH=VALUE to the tree before anything is merged, so that it is
// checked like what stands in the file.
func (d *decoder) override(root *tree.Node, setting string) {
	name, value, found := strings.Cut(setting, "=")
	at := tree.Position{File: setPrefix + name}
	if !found || name == "" {
		// The setting is not shown: it may be a password whose path was forgotten.
		d.Faultf(tree.Position{File: "--set"}, "want PATH=VALUE, as in flows.relay.load.sessions=50")
		return
	}
	steps := strings.Split(name, ".")
	if steps[0] == "extends" {
		d.Faultf(at, "extends cannot be set: write a file that has it")
		return
	}
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
	if n.TakenAway() {
		if absent := absentPart(root, steps); absent != "" {
			d.Faultf(at, "there is nothing to take away: the scenario has no %s", absent)
			return
		}
		d.takenAway = append(d.takenAway, n)
	}
	if err := assign(root, steps, n); err != nil {
		d.Faultf(at, "%v", err)
	}
}

// absentPart returns the part of a path that is not there, before its last step; "" if all
// of it is. What a flow has not may be among what it inherits.
func absentPart(n *tree.Node, steps []string) string {
	if slices.Contains([]string{"flows", "defaults", "target"}, steps[0]) {
		return ""
	}
	for i, step := range steps[:len(steps)-1] {
		next := n.Get(step)
		if item, err := strconv.Atoi(step); err == nil && n.Kind == tree.Sequence && 0 <= item && item < len(n.Items) {
			next = n.Items[item]
		}
		if next == nil || next.Null() {
			return strings.Join(steps[:i+1], ".")
		}
		n = next
	}
	return ""
}

// takeAway removes the flows in whose place null stands, and the items of lists in whose
// place settings put it. Of options decoding takes care. It is done after all settings, so
// that those count items as the file has them.
func (d *decoder) takeAway(root *tree.Node) {
	if flows := root.Get("flows"); flows != nil {
		flows.Entries = slices.DeleteFunc(flows.Entries, func(e tree.Entry) bool { return e.Value.TakenAway() })
	}
	if len(d.takenAway) > 0 {
		d.dropItems(root)
	}
}

func (d *decoder) dropItems(n *tree.Node) {
	for _, e := range n.Entries {
		d.dropItems(e.Value)
	}
	n.Items = slices.DeleteFunc(n.Items, func(item *tree.Node) bool {
		return item.Null() && slices.Contains(d.takenAway, item)
	})
	for _, item := range n.Items {
		d.dropItems(item)
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
	if err != nil || i < 0 || i > len(n.Items) || i == len(n.Items) && value.Null() {
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
func (d *decoder) retarget(root *tree.Node, host, flag string) {
	at := tree.Position{File: flag}
	flows := root.Get("flows")
	if flows != nil && flows.Kind == tree.Mapping {
		for _, e := range flows.Entries {
			if e.Value.Get("target").Get("host") != nil || e.Value.Get("target").Get("socket") != nil {
				do := fmt.Sprintf("use --set flows.%s.target.host=%s", e.Key, host)
				if flag != "--target" { // it is for one side, and --set for both
					do = "give two scenarios"
				}
				d.Faultf(at, "flow %s has a target of its own: %s", e.Key, do)
				return
			}
		}
	}
	if root.Kind != tree.Mapping {
		return // decoding reports that
	}
	if name, port, err := net.SplitHostPort(host); err == nil && port != "" {
		d.Faultf(at, "%s", portInHost(flag, name, port, flows))
		return
	}
	if err := assign(root, []string{"target", "host"}, tree.Word(at, host)); err != nil {
		d.Faultf(at, "%v", err)
	}
}

// portInHost says how to load another port, which belongs to the flows.
func portInHost(flag, host, port string, flows *tree.Node) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	name, others := "NAME", ""
	if flows != nil && len(flows.Entries) > 0 {
		name = flows.Entries[0].Key
		if len(flows.Entries) > 1 {
			others = ", and so for each flow"
		}
	}
	if flag != "--target" {
		others += "; --set is for both sides, so for one of them give two scenarios"
	}
	return fmt.Sprintf("takes no port, which belongs to the flow: use %s %s --set flows.%s.port=%s%s", flag, host, name, port, others)
}

// choose leaves out the flows that are not among those named, or that are to be skipped,
// and the thresholds and gates about them.
func (d *decoder) choose(root *tree.Node, only, skip []string) {
	flows := root.Get("flows")
	if len(only)+len(skip) == 0 || flows == nil || flows.Kind != tree.Mapping {
		return
	}
	for flag, names := range map[string][]string{"--flow": only, "--skip-flow": skip} {
		for _, name := range names {
			if flows.Get(name) == nil {
				d.Faultf(tree.Position{File: flag}, "%v", unknownFlow(name, flows.Keys()))
			}
		}
	}
	var left []string
	for _, name := range flows.Keys() {
		if len(only) > 0 && !slices.Contains(only, name) || slices.Contains(skip, name) {
			left = append(left, name)
		}
	}
	if len(left) == len(flows.Entries) {
		d.Faultf(tree.Position{File: "--skip-flow"}, "no flow is left of %s", tree.List(left))
		return
	}
	flows.Drop(left...)
	for _, key := range []string{"thresholds", "gates"} {
		if list := root.Get(key); list != nil && list.Kind == tree.Sequence {
			list.Items = slices.DeleteFunc(list.Items, func(n *tree.Node) bool {
				flow, _, named := strings.Cut(n.Text, ".")
				return named && slices.Contains(left, flow)
			})
		}
	}
	if baseline := root.Get("baseline"); baseline != nil && slices.Contains(left, baseline.Text) {
		d.notef(baseline.At, "the baseline %s is left out, so nothing is held against it: --set baseline=FLOW names another", tree.Quote(baseline.Text))
		root.Drop("baseline")
	}
}

// inherit merges the scenario's target and its defaults into each flow. It reports
// a fault and returns false if that would be too large.
func (d *decoder) inherit(root *tree.Node) bool {
	flows := root.Get("flows")
	if flows == nil || flows.Kind != tree.Mapping {
		return true
	}
	defaults, target := root.Get("defaults"), root.Get("target")
	if total := len(flows.Entries) * (defaults.Size() + target.Size()); total > tree.MaxNodes {
		d.Faultf(flows.At, "%d values once defaults are merged into each flow: %d are the most", total, tree.MaxNodes)
		return false
	}
	var base *tree.Node
	if target != nil {
		base = &tree.Node{Kind: tree.Mapping, At: target.At}
		base.Put("target", target)
	}
	if defaults != nil && defaults.Kind == tree.Mapping {
		base = tree.Merge(base, defaults)
	}
	for i := range flows.Entries {
		e := &flows.Entries[i]
		if e.Value.Null() {
			e.Value = &tree.Node{Kind: tree.Mapping, At: e.At}
		}
		e.Value = tree.Merge(base, e.Value)
	}
	return true
}

// maxExtended is how many scenarios may stand behind one.
const maxExtended = 8

// variable matches a reference to a variable.
var variable = regexp.MustCompile(`\$\{[^:}]*\}`)

// extend lays a scenario over the one that it extends, and that over the next one.
// trail has the names of the files so far. It returns nil if a file cannot be read.
func (d *decoder) extend(root *tree.Node, trail []string) *tree.Node {
	n := root.Get("extends")
	if n == nil || n.Kind != tree.Scalar || n.Tag != tree.IsText {
		return root // decoding reports what is wrong
	}
	if variable.MatchString(n.Text) {
		d.Faultf(n.At, "extends is read before variables are: only ${env:NAME} works in it")
		return nil
	}
	name, ok := d.filler.Fill(n, false)
	if !ok {
		return nil
	}
	base, err := d.filesAt(n.At).source(name)
	switch {
	case slices.Contains(trail, base.name):
		d.Faultf(n.At, "the scenario extends itself: %s", strings.Join(append(trail, base.name), " extends "))
		return nil
	case len(trail) > maxExtended:
		d.Faultf(n.At, "%d files extend each other: at most %d may stand behind a scenario", len(trail), maxExtended)
		return nil
	case err != nil:
		d.Faultf(n.At, "%s: %v", base.name, err)
		return nil
	}
	d.folders[base.name] = base.files
	below := tree.Parse(base.name, base.text, &d.Report)
	if below == nil {
		return nil
	}
	if below.Kind != tree.Mapping {
		d.Faultf(below.At, "scenario: want a mapping, found %s", below.Describe())
		return nil
	}
	if below = d.extend(below, append(slices.Clone(trail), base.name)); below == nil {
		return nil
	}
	if total := below.Size() + root.Size(); total > tree.MaxNodes {
		d.Faultf(n.At, "%d values together with those of %s: %d are the most", total, base.name, tree.MaxNodes)
		return nil
	}
	return layOver(below, root)
}

// A source is the text of a scenario that another one names.
type source struct {
	name  string // in faults
	text  []byte
	files files // beside it
}

// source reads a scenario that one among the files names. The name is there also if the
// text cannot be read.
func (f files) source(name string) (source, error) {
	if builtin, ok := strings.CutPrefix(name, builtinPrefix); ok {
		text, err := findBuiltin(builtin)
		return source{name, text, builtinFiles}, err
	}
	text, err := f.read(name, tree.MaxSource)
	shown, beside := f.shownName(name), f
	if f.fsys != nil {
		beside.dir = path.Dir(path.Join(f.dir, filepath.ToSlash(name)))
	} else {
		beside.dir = filepath.Dir(shown)
	}
	return source{shown, text, beside}, err
}

// layOver lays a scenario over the one that it extends. In a flow and in what flows
// share, null stays: there it removes what the flow would inherit. Everywhere else it
// removes a value of the scenario below.
func layOver(below, over *tree.Node) *tree.Node {
	merged := tree.Merge(below, over)
	for _, part := range []string{"", "flows", "schedule", "vars"} {
		from, by, to := below, over, merged
		if part != "" {
			from, by, to = below.Get(part), over.Get(part), merged.Get(part)
		}
		if from == nil || by == nil || to.Kind != tree.Mapping {
			continue
		}
		for _, e := range by.Entries {
			if e.Value.Null() && from.Get(e.Key) != nil {
				to.Drop(e.Key)
			}
		}
	}
	return merged
}

// checkVariables reports variables of the command line that no text has: their names
// are misspelt.
func (d *decoder) checkVariables() {
	if len(d.Faults) > 0 {
		return // what uses a variable may not have been read
	}
	unused := d.here.Unused()
	for _, name := range d.filler.Unused() {
		v := d.filler.Vars.Get(name)
		if !slices.Contains(unused, name) {
			continue
		}
		if strings.HasPrefix(v.At.File, setPrefix) && !v.Null() {
			d.Faultf(v.At, "no text has ${%s}", name)
		}
	}
}
