package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

const quickPassword = "SMTPGAUGE_PASSWORD"

// quickFlags are what the one flow of a quick run is made of. Texts go into
// the scenario as they are: its loader says what is wrong with them.
type quickFlags struct {
	host, port               string
	tls, ca, serverName      string
	insecure                 bool
	user, mechanism          string
	sessions                 wholeFlag
	rate, duration           string
	messages, perSession     wholeFlag
	size, from, to           string
	allowDomains             []string
	print                    bool
	sessionsSet, durationSet bool
	rateSet                  bool
}

func newQuick(s streams) *cobra.Command {
	var q quickFlags
	var f runFlags
	c := &cobra.Command{
		Use:   "quick HOST[:PORT]",
		Short: "run one flow from flags, without a file",
		Long: `Runs one flow from flags. HOST is a name or an address, or sink for the built-in
server. Without a port it is 25, or 587 with --user; or the port of --tls: 465
for implicit, 587 for starttls. Without --tls it follows the port: 25 none, 465
implicit, 587 and 2525 starttls; any other has to say it.

The password of --user is taken from ` + quickPassword + `, or asked for.
--print writes the scenario it would run, to start a file from; the password is
not in it.

` + metricsHelp,
		Example: `  smtpgauge quick sink
  smtpgauge quick 127.0.0.1:2525 --tls none --sessions 50 --for 30s
  smtpgauge quick mail.example.test --user bench@example.test --rate 20 --for 1m
  smtpgauge quick 10.0.0.5 --messages 10000 --size 64KiB --print > relay.yaml`,
		Args: exactly(1, "one HOST[:PORT]"),
		RunE: func(c *cobra.Command, args []string) error {
			q.sessionsSet, q.durationSet = c.Flags().Changed("sessions"), c.Flags().Changed("for")
			q.rateSet = c.Flags().Changed("rate")
			if err := q.complete(args[0]); err != nil {
				return err
			}
			text := q.scenario()
			find, err := q.password(s, !q.print && !f.dryRun)
			if err != nil {
				return err
			}
			job, err := resolve(scenarios.Parse("quick.yaml", []byte(text), scenarios.LoadOptions{MayLoad: f.source.mayLoad, LookupEnv: find}))
			if err != nil {
				return err
			}
			if q.print {
				_, err := io.WriteString(s.out, text)
				return err
			}
			return f.run(c.Context(), job, s)
		},
	}
	flags := c.Flags()
	flags.StringVar(&q.tls, "tls", "", "`MODE`: none, starttls or implicit")
	flags.StringVar(&q.ca, "ca", "", "`FILE` with the certificate authorities to trust, in place of the system's")
	flags.StringVar(&q.serverName, "server-name", "", "`NAME` the certificate has to be for (default HOST)")
	flags.BoolVar(&q.insecure, "insecure", false, "take any certificate")
	flags.StringVar(&q.user, "user", "", "authenticate as `NAME`")
	flags.StringVar(&q.mechanism, "mechanism", "", "SASL `MECHANISM` (default the best in common)")
	q.sessions = wholeFlag{value: 10, least: 1}
	flags.Var(&q.sessions, "sessions", "sessions at once; with --rate, at most so many")
	flags.StringVar(&q.rate, "rate", "", "`RATE` of arrivals, such as 20 sessions/s; a bare number is messages/s")
	flags.StringVar(&q.duration, "for", "10s", "`DURATION` of the load")
	q.messages = wholeFlag{least: 1}
	flags.Var(&q.messages, "messages", "send so many messages, all sessions together")
	q.perSession = wholeFlag{value: 10}
	flags.Var(&q.perSession, "per-session", "messages a connection; 0 is as many as the load lasts")
	flags.StringVar(&q.size, "size", "4KiB", "`SIZE` of a message")
	flags.StringVar(&q.from, "from", "bench@example.test", "sender `ADDRESS`")
	flags.StringVar(&q.to, "to", "bench@example.test", "recipient `ADDRESS`")
	flags.StringArrayVar(&q.allowDomains, "allow-domain", nil, "mail to `DOMAIN` is meant, though it is not reserved for tests (repeatable)")
	flags.BoolVar(&q.print, "print", false, "write the scenario instead of running it")
	f.register(flags)
	f.source.registerManners(flags)
	return c
}

// complete fills in what follows from the rest, and refuses what contradicts
// it.
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
	case q.rate != "" && q.messages.value > 0:
		return usagef(hint, "--rate and --messages contradict each other: use --for with --rate")
	case q.tls == "" && !hasUsualTLS(q.port):
		return usagef("add --tls none, starttls or implicit", "no TLS mode is usual on port %s", q.port)
	case q.mechanism != "" && q.user == "":
		return usagef(hint, "--mechanism needs --user")
	}
	if _, err := strconv.ParseFloat(q.rate, 64); err == nil {
		q.rate += " messages/s"
	}
	for _, text := range append(q.allowDomains, q.host, q.ca, q.serverName, q.user, q.from, q.to) {
		if !utf8.ValidString(text) {
			return usagef("a terminal and a shell set to UTF-8 pass it on as that", "%q is not UTF-8, which a scenario is written in", text)
		}
	}
	return nil
}

// hasUsualTLS tells whether the port says by itself when sessions turn to TLS.
func hasUsualTLS(port string) bool {
	n, err := strconv.Atoi(port)
	_, usual := sample.UsualTLS(n)
	return err == nil && usual && strconv.Itoa(n) == port
}

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

// scenario writes the file that says the same.
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
		// Of these texts alone a scenario takes $ for more than a dollar sign.
		name := strings.ReplaceAll(q.user, "$", "$$")
		line(`    auth: {%susername: %s, password: "${env:%s}"}`, mechanism, quote(name), quickPassword)
	}
	line("    load: {%s}", q.load())
	line("    session: {messages: %d}", q.perSession.value)
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
	if q.rate != "" {
		s := fmt.Sprintf("rate: %s, duration: %s", quote(q.rate), quote(q.duration))
		if q.sessionsSet {
			s += fmt.Sprintf(", max_sessions: %d", q.sessions.value)
		}
		return s
	}
	s := fmt.Sprintf("sessions: %d", q.sessions.value)
	if q.messages.value > 0 {
		s += fmt.Sprintf(", messages: %d", q.messages.value)
	}
	if q.messages.value == 0 || q.durationSet {
		s += ", duration: " + quote(q.duration)
	}
	return s
}

// plainText matches what YAML takes for text without quotes, whatever stands
// around it: no indicator, and a letter that keeps it from being a number or a
// date.
var plainText = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@._/ -]*$`)

// quote writes text as YAML, in quotes where it could be taken for something
// else.
func quote(s string) string {
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

// password returns how the scenario's ${env:...} is looked up: in the
// environment, and where --user has no password there, from a prompt. Where
// the password is not needed, nobody is asked for it.
func (q *quickFlags) password(s streams, needed bool) (lookupEnv, error) {
	if _, ok := os.LookupEnv(quickPassword); ok || q.user == "" {
		return os.LookupEnv, nil
	}
	if !needed {
		return passwordIs("not asked for"), nil
	}
	terminal, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return nil, usagef("set it to the password of "+q.user, "%s is not set, and there is no terminal to ask on", quickPassword)
	}
	secret, err := askPassword(terminal, q.user, s.err)
	return passwordIs(secret), err
}

// lookupEnv finds environment variables, as os.LookupEnv does.
type lookupEnv = func(name string) (string, bool)

func passwordIs(secret string) lookupEnv {
	return func(name string) (string, bool) {
		if name == quickPassword {
			return secret, true
		}
		return os.LookupEnv(name)
	}
}
