// Package manual writes the manual pages of a command and of those below it, in
// the man macros of troff, from what --help prints.
package manual

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Write writes a page for each command into a folder, which it makes: for c run
// of a program p that is p-run.1.
func Write(c *cobra.Command, folder, version string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	err := os.WriteFile(filepath.Join(folder, title(c)+".1"), Page(c, version), 0o666)
	for _, sub := range documented(c) {
		err = errors.Join(err, Write(sub, folder, version))
	}
	return err
}

// documented are the commands below c that have pages.
func documented(c *cobra.Command) (list []*cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			list = append(list, sub)
		}
	}
	return list
}

// title is the name of a command's page.
func title(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Page is the manual page of a command.
func Page(c *cobra.Command, version string) []byte {
	var b bytes.Buffer
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`.TH "%s" 1 "" "%s" "smtpgauge manual"`, escape(strings.ToUpper(title(c))), escape(version))
	line(".SH NAME\n%s \\- %s", escape(title(c)), escape(c.Short))
	line(".SH SYNOPSIS\n.B %s", escape(synopsis(c)))
	line(".SH DESCRIPTION")
	text(&b, c.Long)
	if c.Long == "" {
		text(&b, strings.ToUpper(c.Short[:1])+c.Short[1:]+".")
	}
	if subs := documented(c); len(subs) > 0 {
		line(".SH COMMANDS")
		for _, sub := range subs {
			line(".TP\n.BR %s (1)\n%s", escape(title(sub)), escape(sub.Short))
		}
	}
	line(".SH OPTIONS")
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { option(&b, f) })
	if c.Example != "" {
		line(".SH EXAMPLES")
		text(&b, c.Example)
	}
	if c.HasParent() {
		line(".SH SEE ALSO\n.BR %s (1)", escape(title(c.Parent())))
	}
	return b.Bytes()
}

// synopsis is how a command is typed.
func synopsis(c *cobra.Command) string {
	if len(documented(c)) > 0 {
		return c.CommandPath() + " COMMAND"
	}
	return c.UseLine()
}

// option describes a flag.
func option(b *bytes.Buffer, f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, usage := pflag.UnquoteUsage(f)
	name := `\fB` + escape("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		name = `\fB` + escape("-"+f.Shorthand) + `\fR, ` + name
	}
	if value != "" {
		name += ` \fI` + escape(value) + `\fR`
	}
	switch f.DefValue {
	case "", "false", "[]":
	default:
		usage += " (default " + f.DefValue + ")"
	}
	fmt.Fprintf(b, ".TP\n%s\n%s\n", name, escape(usage))
}

// text writes paragraphs. Lines that begin with two spaces or a tab stand as they
// are, and any others are filled.
func text(b *bytes.Buffer, paragraphs string) {
	literal, begun := false, false
	for line := range strings.SplitSeq(strings.TrimRight(paragraphs, "\n"), "\n") {
		indented := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
		switch {
		case line == "" && !literal:
			begun = false
			continue
		case line == "":
		case indented && !literal:
			b.WriteString(".PP\n.RS 4\n.nf\n")
			literal = true
		case !indented && literal:
			b.WriteString(".fi\n.RE\n.PP\n")
			literal, begun = false, true
		case !indented && !begun:
			b.WriteString(".PP\n")
			begun = true
		}
		b.WriteString(escape(strings.TrimPrefix(strings.TrimPrefix(line, "  "), "\t")) + "\n")
	}
	if literal {
		b.WriteString(".fi\n.RE\n")
	}
}

// escape takes the meaning off what troff would take for a command, and keeps
// quotes and hyphens as they are to be typed.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, `"`, `\(dq`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	if strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}
