package usage

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// UnknownCommand says that a command below c has no such name, and what may have
// been meant: a command, or the file that stands in its place.
func UnknownCommand(c *cobra.Command, name string) error {
	hint := fileHint(name)
	if hint == "" {
		var known []string
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				known = append(known, sub.Name())
			}
		}
		hint = spelling.Suggest(name, known) + c.CommandPath() + " --help lists the commands"
	}
	return Errorf(hint, "unknown command %q", name)
}

// WrongFlag says what is wrong with the flags of c, and which flag may have been
// meant.
func WrongFlag(c *cobra.Command, err error) error {
	if args := c.Flags().Args(); !c.HasParent() && len(args) > 0 {
		return UnknownCommand(c, args[0]) // whose flags these are
	}
	hint := c.CommandPath() + " --help lists the flags"
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		hint = suggestFlag(c, unknown) + hint
	case errors.As(err, &value):
		err = fmt.Errorf("%s: %w", WithValue("--"+value.GetFlag().Name, value.GetValue()), value.Unwrap())
	}
	return Errorf(hint, "%w", err)
}

// WithValue shows a flag and its value as they may have been typed.
func WithValue(flag, value string) string {
	if len(value) <= 60 && plainWord.MatchString(value) {
		return flag + " " + value
	}
	return flag + " " + tree.Quote(value)
}

// plainWord matches what needs no quotes.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9@%._/:,+-]+$`)

// suggestFlag finds the flag closest to one that does not exist, or the one that stands for
// it; "" if none is.
func suggestFlag(c *cobra.Command, unknown *pflag.NotExistError) string {
	flags := c.Flags()
	var known []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, "--"+f.Name)
		}
	})
	name := unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		name, _, _ = strings.Cut(short, "=")            // -format: a hyphen is missing
		if strings.Trim(name[1:], "0123456789") == "" { // -c5 is -c 5
			return meant(c, letters[name[:1]])
		}
	}
	if say := meant(c, name); say != "" {
		return say
	}
	return spelling.Suggest("--"+name, known)
}

// RefuseUnknownHelp makes help for a command that does not exist a usage error.
func RefuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil { // it was just made
		panic(err)
	}
	help.Run = nil
	help.RunE = func(_ *cobra.Command, args []string) error {
		c, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return UnknownCommand(root, strings.Join(args, " "))
		}
		return c.Help()
	}
}

// fileHint says what to type to do something with a scenario or a run file; "" if
// the name is of neither.
func fileHint(name string) string {
	switch {
	case inputfile.IsScenario(name):
		return "to run it: smtpgauge run " + name
	case inputfile.IsRunFile(name):
		return "to print it: smtpgauge show " + name
	}
	return ""
}
