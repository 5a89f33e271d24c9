package manual

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/cobra"
)

// tree is a program with what pages have to deal with.
func tree() *cobra.Command {
	root := &cobra.Command{Use: "p", Short: "does things", Long: "It does.\n\nTwo\nlines.\n\n  p run 'a b'\n  .x \\n\n\n\tmore\nAfter it.", Run: func(*cobra.Command, []string) {}}
	run := &cobra.Command{Use: "run FILE", Short: "run one", Example: "  p run x", Run: root.Run}
	run.Flags().StringP("output", "o", "", "write to `FILE`")
	run.Flags().Bool("quiet", false, "say nothing")
	run.Flags().String("format", "table", "print as `FORMAT`")
	run.Flags().Bool("secret", false, "")
	run.Flags().Lookup("secret").Hidden = true
	root.AddCommand(run, &cobra.Command{Use: "child", Hidden: true, Run: root.Run})
	return root
}

func TestPage(t *testing.T) {
	root := tree()
	for _, c := range []struct {
		command *cobra.Command
		want    string
	}{
		{root, `.TH "P" 1 "" "p 1.2" "smtpgauge manual"
.SH NAME
p \- does things
.SH SYNOPSIS
.B p COMMAND
.SH DESCRIPTION
.PP
It does.
.PP
Two
lines.
.PP
.RS 4
.nf
p run \(aqa b\(aq
\&.x \en

more
.fi
.RE
.PP
After it.
.SH COMMANDS
.TP
.BR p\-run (1)
run one
.SH OPTIONS
.TP
\fB\-h\fR, \fB\-\-help\fR
help for p
`},
		{root.Commands()[1], `.TH "P\-RUN" 1 "" "p 1.2" "smtpgauge manual"
.SH NAME
p\-run \- run one
.SH SYNOPSIS
.B p run FILE [flags]
.SH DESCRIPTION
.PP
Run one.
.SH OPTIONS
.TP
\fB\-\-format\fR \fIFORMAT\fR
print as FORMAT (default table)
.TP
\fB\-h\fR, \fB\-\-help\fR
help for run
.TP
\fB\-o\fR, \fB\-\-output\fR \fIFILE\fR
write to FILE
.TP
\fB\-\-quiet\fR
say nothing
.SH EXAMPLES
.PP
.RS 4
.nf
p run x
.fi
.RE
.SH SEE ALSO
.BR p (1)
`},
	} {
		if got := string(Page(c.command, "p 1.2")); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.command.Name(), got, c.want)
		}
	}
}

func TestWrite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "man", "man1")
	if err := Write(tree(), folder, "p 1.2"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"p-run.1", "p.1"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if err := Write(tree(), filepath.Join(folder, "p.1"), ""); err == nil {
		t.Error("pages are written below a file")
	}
}
