package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacitysearch"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// quickFlags describe the one flow of a quick run. Texts go into the scenario as
// they are: the loader says what is wrong with them.
type quickFlags struct {
	host, port string
	serverFlags
	tls, mechanism           string
	sessions                 numberflag.Whole
	rate, duration           string
	messages, perSession     numberflag.Whole
	size, from, to           string
	print                    bool
	sessionsSet, durationSet bool
	rateSet                  bool
	search                   capacitysearch.QuickFlags
}

func newQuick(s streams) *cobra.Command {
	var q quickFlags
	var f runFlags
	c := &cobra.Command{
		Use:   "quick HOST[:PORT]",
		Short: "run one flow from flags, without a file",
		Long: `Runs one flow that flags describe. HOST is a name or an address, or sink for the
built-in server.

Without a port it is 465 with --tls implicit, 587 with --tls starttls, also 587
with --user and no --tls, and 25 else. Without --tls the port decides: none on 25,
implicit on 465, starttls on 587 and 2525; any other port needs --tls.

The password of --user, or its token with --mechanism XOAUTH2 or OAUTHBEARER,
comes from ` + scenarios.PasswordVariable + `; if that is not set, the command asks for it.
--print writes the scenario in place of running it, as a file to start from; the
password is not in it.

` + capacitysearch.QuickHelp + "\n\n" + metricsHelp + "\n\n" + watchHelp + "\n\n" + fleetHelp,
		Example: `  smtpgauge quick sink
  smtpgauge quick 127.0.0.1:2525 --tls none --sessions 50 --for 30s
  smtpgauge quick mail.example.test --user bench@example.test --rate 20 --for 1m
  smtpgauge quick 10.0.0.5 --capacity --slo 'message.response.p99 < 250ms'
  smtpgauge quick 10.0.0.5 --messages 10000 --size 64KiB --print > relay.yaml`,
		Args:              exactly(1, "one HOST[:PORT]"),
		ValidArgsFunction: completion.Hosts,
		RunE: func(c *cobra.Command, args []string) error {
			q.sessionsSet, q.durationSet = c.Flags().Changed("sessions"), c.Flags().Changed("for")
			q.rateSet = c.Flags().Changed("rate")
			if err := errors.Join(q.search.Check(c.Flags()), q.complete(args[0]), f.fleet.check(c.Flags())); err != nil {
				return err
			}
			text := q.scenario()
			find := lookupOr("not asked for")
			if !q.print && !f.dryRun {
				var err error
				if find, err = q.password(s); err != nil {
					return err
				}
			}
			job, err := resolve(scenarios.Parse(quickName, []byte(text), scenarios.LoadOptions{MadeBy: "quick", MayLoad: f.source.mayLoad, LookupEnv: find, Keep: f.fleet.on()}))
			switch {
			case err != nil:
			case q.print:
				_, err = io.WriteString(s.out, text)
			case q.search.On:
				err = f.runSearch(c.Context(), q.search.Flags, job, s)
			default:
				err = f.run(c.Context(), job, s)
			}
			return blameFlags(err, text)
		},
	}
	flags := c.Flags()
	flags.StringVar(&q.tls, "tls", "", "`MODE`: none, starttls or implicit")
	q.serverFlags.register(flags)
	flags.StringVar(&q.mechanism, "mechanism", "", "SASL `MECHANISM` (default the strongest that the server offers)")
	q.sessions = numberflag.Whole{Value: 10, Least: 1}
	flags.Var(&q.sessions, "sessions", "sessions at once (default 10); with --rate the most at once (default 1000), and with --capacity (default "+capacitysearch.MostAtOnce+")")
	flags.Lookup("sessions").DefValue = "" // the text has both
	flags.StringVar(&q.rate, "rate", "", "`RATE` of arrivals, such as 20/s, of messages, or 20 sessions/s")
	flags.StringVar(&q.duration, "for", "10s", "`DURATION` of the load")
	q.messages = numberflag.Whole{Least: 1}
	flags.Var(&q.messages, "messages", "send this number of messages, all sessions together")
	q.perSession = numberflag.Whole{Value: 10}
	flags.Var(&q.perSession, "per-session", "messages a connection; with 0 a connection is used as long as the load lasts")
	flags.StringVar(&q.size, "size", "4KiB", "`SIZE` of a message")
	flags.StringVar(&q.from, "from", "bench@example.test", "sender `ADDRESS`")
	flags.StringVar(&q.to, "to", "bench@example.test", "recipient `ADDRESS`")
	flags.BoolVar(&q.print, "print", false, "write the scenario in place of running it")
	f.register(flags)
	q.search.Register(flags)
	f.source.registerMayLoad(flags)
	f.fleet.register(flags)
	f.fleet.registerAllowLost(flags)
	return c
}

// complete fills in what was left out, and refuses flags that contradict each other.
func (q *quickFlags) complete(target string) error {
	const hint = "smtpgauge quick --help shows examples"
	host, port, err := splitTarget(target)
	if err != nil {
		return usagef(hint, "%w", err)
	}
	q.host, q.port = host, port
	if q.port == "" {
		q.port = q.usualPort()
	}
	switch {
	case q.rateSet && strings.TrimSpace(q.rate) == "":
		return usagef(hint, "--rate is empty, want a rate such as 20 sessions/s")
	case q.rate != "" && q.messages.Value > 0:
		return usagef(hint, "--rate and --messages contradict each other: use --for with --rate")
	case q.tls == "" && !hasUsualTLS(q.port):
		return usagef("add --tls none (in the clear), --tls starttls (in the clear at first, as on 587) or --tls implicit (from the beginning, as on 465)", "no TLS mode is usual on port %s", q.port)
	case q.search.On && startsAtRate(q.from):
		return usagef("the first rate is --from-rate "+q.from, "--from %s is no address: it is the sender", q.from)
	case q.mechanism == smtpwire.External:
		return usagef("smtpgauge quick --print without --mechanism writes a scenario to start from: give its flow auth: {mechanism: EXTERNAL}, and target.tls cert and key", "--mechanism EXTERNAL needs a certificate of the client")
	case q.mechanism != "" && q.user == "":
		return usagef(hint, "--mechanism needs --user")
	}
	if m := bareRate.FindStringSubmatch(q.rate); m != nil {
		q.rate = m[1] + " messages" + cmp.Or(m[2], "/s")
	}
	for _, text := range append(q.allowDomains, q.host, q.ca, q.serverName, q.user, q.from, q.to) {
		if !utf8.ValidString(text) {
			return usagef("set the terminal and the shell to UTF-8", "%q is not UTF-8, as a scenario has to be", text)
		}
	}
	return nil
}

// bareRate matches a rate without the unit that arrives, which is messages then.
var bareRate = regexp.MustCompile(`^ *([0-9.]+) *(/(?:s|min|h))?$`)

// startsAtRate tells whether a sender is a rate, which --from of capacity is.
func startsAtRate(sender string) bool {
	_, err := capacitysearch.ParseRate(sender)
	return err == nil
}

// hasUsualTLS reports whether a TLS mode is usual on the port, so that --tls may be
// left out.
func hasUsualTLS(port string) bool {
	n, err := strconv.Atoi(port)
	_, usual := sample.UsualTLS(n)
	return err == nil && usual && strconv.Itoa(n) == port
}

// quickName is the file that the scenario of quick would be: the one that quick
// --print is best redirected to.
const quickName = "quick.yaml"

// quickFlagOf says which flag each field of the scenario comes from.
var quickFlagOf = map[string]string{
	"target.host":                   "HOST",
	"target.tls.ca":                 "--ca",
	"target.tls.server_name":        "--server-name",
	"target.tls.insecure":           "--insecure",
	"allow_domains":                 "--allow-domain",
	"flows.quick.port":              "PORT",
	"flows.quick.tls":               "--tls",
	"flows.quick.auth":              "--user",
	"flows.quick.auth.mechanism":    "--mechanism",
	"flows.quick.auth.username":     "--user",
	"flows.quick.auth.password":     scenarios.PasswordVariable,
	"flows.quick.auth.token":        scenarios.PasswordVariable,
	"flows.quick.load.rate":         "--rate",
	"flows.quick.load.duration":     "--for",
	"flows.quick.load.messages":     "--messages",
	"flows.quick.load.sessions":     "--sessions",
	"flows.quick.load.max_sessions": "--sessions",
	"flows.quick.session.messages":  "--per-session",
	"flows.quick.message.size":      "--size",
	"flows.quick.envelope.from":     "--from",
	"flows.quick.envelope.to":       "--to",
}

// blameFlags makes faults of the scenario that quick wrote faults of the flags that
// it was written from: nobody has seen that file.
func blameFlags(err error, scenario string) error {
	var faults scenarios.Faults
	if !errors.As(err, &faults) {
		return err
	}
	var ignored tree.Report // the faults are known
	root := tree.Parse(quickName, []byte(scenario), &ignored)
	flags := map[tree.Position]scenarios.Fault{}
	for path, flag := range quickFlagOf {
		n := root
		for step := range strings.SplitSeq(path, ".") {
			n = n.Get(step)
		}
		if n == nil {
			continue
		}
		for _, value := range append(n.Items, n) {
			shown := flag
			if value.Kind == tree.Scalar && flag != scenarios.PasswordVariable {
				shown = usage.WithValue(flag, value.Text)
			}
			flags[value.At] = scenarios.Fault{File: shown, Message: path[strings.LastIndexByte(path, '.')+1:] + ": "}
		}
	}
	blamed := slices.Clone(faults)
	for i, f := range blamed {
		if flag, found := flags[tree.Position{File: f.File, Line: f.Line, Column: f.Column}]; found {
			blamed[i] = scenarios.Fault{File: flag.File, Message: strings.TrimPrefix(f.Message, flag.Message)}
		} else if f.File == quickName { // any other is a file that a flag names
			blamed[i] = scenarios.Fault{File: "smtpgauge quick", Message: f.Message}
		}
	}
	return blamed
}

// usualPort is the port if none is given.
func (q *quickFlags) usualPort() string {
	switch {
	case q.tls == "implicit":
		return "465"
	case q.tls == "starttls", q.tls == "" && q.user != "":
		return "587"
	}
	return "25"
}

// splitTarget takes HOST, HOST:PORT, an IPv6 address, or [ADDRESS]:PORT.
func splitTarget(target string) (host, port string, err error) {
	bare, bracketed := strings.CutPrefix(target, "[")
	switch {
	case strings.Contains(target, "@") || strings.Contains(target, "://"): // it may hold a password
		return "", "", errors.New("the target is no HOST[:PORT]: use one such as 127.0.0.1:2525, and --user and --tls for the rest")
	case bracketed && strings.HasSuffix(bare, "]"):
		host = strings.TrimSuffix(bare, "]")
	case !strings.Contains(target, ":") || net.ParseIP(target) != nil:
		host = target
	default:
		if host, port, err = net.SplitHostPort(target); err != nil {
			return "", "", fmt.Errorf("%q is no HOST[:PORT]: use one such as 127.0.0.1:2525", target)
		}
	}
	if host == "" {
		return "", "", fmt.Errorf("%q names no host: use one such as 127.0.0.1:2525", target)
	}
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", "", fmt.Errorf("port %q: use a number from 1 to 65535", port)
		}
	}
	return host, port, nil
}

// scenario writes a scenario that says what the flags say.
func (q *quickFlags) scenario() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("name: quick")
	line("target:")
	line("  host: %s", quote(q.host))
	if tls := q.trust(); tls != "" {
		line("  tls: {%s}", tls)
	}
	if len(q.allowDomains) > 0 {
		line("allow_domains: [%s]", quoteAll(q.allowDomains))
	}
	line("flows:")
	line("  quick:")
	line("    port: %s", q.port)
	if q.tls != "" {
		line("    tls: %s", quote(q.tls))
	}
	if q.user != "" {
		mechanism := ""
		if q.mechanism != "" {
			mechanism = "mechanism: " + quote(q.mechanism) + ", "
		}
		line(`    auth: {%susername: %s, %s: "${env:%s}"}`, mechanism, quote(q.user), scenarios.SecretOption(q.mechanism), scenarios.PasswordVariable)
	}
	line("    load: {%s}", q.load())
	line("    session: {messages: %d}", q.perSession.Value)
	line("    message: {size: %s}", quote(q.size))
	line("    envelope: {from: %s, to: %s}", quote(q.from), quote(q.to))
	return b.String()
}

func (q *quickFlags) trust() string {
	var parts []string
	if q.ca != "" {
		parts = append(parts, "ca: "+quote(q.ca))
	}
	if q.serverName != "" {
		parts = append(parts, "server_name: "+quote(q.serverName))
	}
	if q.insecure {
		parts = append(parts, "insecure: true")
	}
	return strings.Join(parts, ", ")
}

func (q *quickFlags) load() string {
	switch {
	case q.search.On && q.sessionsSet:
		return q.search.Load(strconv.Itoa(q.sessions.Value))
	case q.search.On:
		return q.search.Load(capacitysearch.MostAtOnce)
	case q.rate != "":
		s := fmt.Sprintf("rate: %s, duration: %s", quote(q.rate), quote(q.duration))
		if q.sessionsSet {
			s += fmt.Sprintf(", max_sessions: %d", q.sessions.Value)
		}
		return s
	}
	s := fmt.Sprintf("sessions: %d", q.sessions.Value)
	if q.messages.Value > 0 {
		s += fmt.Sprintf(", messages: %d", q.messages.Value)
	}
	if q.messages.Value == 0 || q.durationSet {
		s += ", duration: " + quote(q.duration)
	}
	return s
}

// plainText matches text that needs no quotes in YAML, because it has none of the
// characters that mean something there. It also matches numbers and dates.
var plainText = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@._/ -]*$`)

// quote writes text as a value of a scenario that stands for it: in quotes if YAML
// could read it as something else, and without a dollar sign that begins a reference.
func quote(s string) string {
	s = strings.ReplaceAll(s, "$", "$$")
	digits := strings.ReplaceAll(s, "_", "") // YAML takes 1_000 for a number
	_, notNumber := strconv.ParseFloat(digits, 64)
	_, notInteger := strconv.ParseInt(digits, 0, 64)
	if !plainText.MatchString(s) || strings.HasSuffix(s, " ") || notNumber == nil || notInteger == nil {
		return strconv.Quote(s)
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return strconv.Quote(s)
	}
	if strings.Trim(s, "0123456789-") == "" { // a date
		return strconv.Quote(s)
	}
	return s
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ", ")
}
