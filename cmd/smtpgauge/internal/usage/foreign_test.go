package usage

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Flags know the words of other tools, as the fields of scenarios do.
func TestFlagsOfOtherTools(t *testing.T) {
	newCommand := func(flags ...string) *cobra.Command {
		c := &cobra.Command{Use: "c", SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { return nil }}
		for _, name := range flags {
			c.Flags().String(name, "", "")
		}
		c.SetFlagErrorFunc(WrongFlag)
		return c
	}
	quick, run := []string{"for", "sessions", "rate", "user", "format"}, []string{"set", "target", "format"}
	for _, test := range []struct {
		flags []string
		typed string
		want  string
	}{
		{quick, "--duration", `did you mean "--for"?`},
		{quick, "-c", `did you mean "--sessions"?`},
		{quick, "-c5", `did you mean "--sessions"?`},
		{quick, "--concurrency", `did you mean "--sessions"?`},
		{quick, "--port", "the server is the argument HOST:PORT;"},
		{quick, "--pass", "the password is no flag: it is in SMTPGAUGE_PASSWORD"},
		{quick, "--formt", `did you mean "--format"?`},
		{quick, "-format", `did you mean "--format"?`},
		{quick, "-x", "c --help lists the flags"},
		{run, "--port", "say --set flows.NAME.port=VALUE;"},
		{run, "--vus", "say --set flows.NAME.load.sessions=VALUE;"},
		{run, "--host", `did you mean "--target"?`},
	} {
		c := newCommand(test.flags...)
		c.SetArgs([]string{test.typed, "5"})
		err := c.Execute()
		mistake, ok := err.(*Error)
		if !ok || !strings.HasPrefix(mistake.Hint, test.want) {
			t.Errorf("%s: %+v, want %q", test.typed, err, test.want)
		}
	}
}
