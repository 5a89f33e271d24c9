package usage

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/scenarios/foreign"
)

// letters are what flags of one letter mean in other load generators.
var letters = map[string]string{"c": "sessions", "s": "sessions", "n": "messages", "m": "messages", "d": "duration", "z": "duration", "t": "duration", "r": "rate", "q": "rate", "p": "port", "u": "user", "f": "from"}

// flagOf has the options of scenarios whose flags have other names, where there are some.
var flagOf = map[string]string{"duration": "for", "username": "user", "host": "target", "server_name": "server-name", "thresholds": "slo", "rounds": "repeat"}

// pathOf has the fields that options without a flag stand for, in a flow.
var pathOf = map[string]string{
	"port": "port", "tls": "tls", "sessions": "load.sessions", "duration": "load.duration", "messages": "load.messages", "rate": "load.rate", "max_sessions": "load.max_sessions",
	"size": "message.size", "from": "envelope.from", "to": "envelope.to", "mechanism": "auth.mechanism", "pipelining": "session.pipelining",
}

// meant says which flag, argument or field a word stands for that other tools, or scenarios,
// have; "" if that is not known.
func meant(c *cobra.Command, word string) string {
	option := cmp.Or(foreign.Option(word), word)
	for _, name := range []string{flagOf[option], option} {
		if f := c.Flags().Lookup(name); f != nil && name != "" {
			return fmt.Sprintf("did you mean %q? ", "--"+name)
		}
	}
	switch {
	case word == "":
	case option == "password" && c.Flags().Lookup("user") != nil:
		return "the password is no flag: it is in SMTPGAUGE_PASSWORD, or asked for; "
	case (option == "port" || option == "host") && c.Flags().Lookup("set") == nil:
		return "the server is the argument HOST:PORT; "
	case pathOf[option] != "" && c.Flags().Lookup("set") != nil:
		return fmt.Sprintf("say --set flows.NAME.%s=VALUE; ", pathOf[option])
	}
	return ""
}
