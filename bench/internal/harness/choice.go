//go:build linux

package harness

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
)

// A Choice is a list from which a flag chooses, by names with commas between.
type Choice[T any] struct {
	Noun string // for one thing of the list
	All  []T
	Name func(T) string
}

// Open reads a program's arguments, and opens a Bench with the name of the flags. It adds two
// flags to the program's own: -ours, and the one that chooses.
func (c Choice[T]) Open(ctx context.Context, flags *flag.FlagSet, choosing string, args []string) (*Bench, []T, error) {
	list := flags.String(choosing, "", "only these, separated by commas: "+c.Names())
	ours := flags.String("ours", "", "the smtpgauge to check; built if left out")
	if err := flags.Parse(args); err != nil {
		return nil, nil, err
	}
	chosen, err := c.Choose(*list)
	if err != nil {
		return nil, nil, err
	}
	b, err := Open(ctx, flags.Name(), *ours)
	return b, chosen, err
}

// Names returns all names, for people to read.
func (c Choice[T]) Names() string {
	var all []string
	for _, one := range c.All {
		all = append(all, c.Name(one))
	}
	return strings.Join(all, ", ")
}

// Choose returns the things that a list names, in the list's order. An empty list means all.
func (c Choice[T]) Choose(list string) ([]T, error) {
	if list == "" {
		return slices.Clone(c.All), nil
	}
	var chosen []T
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(c.All, func(one T) bool { return c.Name(one) == name })
		if i < 0 {
			return nil, fmt.Errorf("no %s %q: there are %s", c.Noun, name, c.Names())
		}
		chosen = append(chosen, c.All[i])
	}
	return chosen, nil
}
