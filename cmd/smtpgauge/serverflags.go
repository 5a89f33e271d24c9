package main

import (
	"os"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/password"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// serverFlags say who logs in at a server, and what to expect of it.
type serverFlags struct {
	user           string
	ca, serverName string
	insecure       bool
	allowDomains   []string
}

func (f *serverFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.user, "user", "", "authenticate as `NAME`; the password is in "+scenarios.PasswordVariable+", or asked for")
	flags.StringVar(&f.ca, "ca", "", "`FILE` with the certificate authorities to trust, in place of the system's")
	flags.StringVar(&f.serverName, "server-name", "", "`NAME` that the certificate has to be for (default HOST)")
	flags.BoolVar(&f.insecure, "insecure", false, "accept any certificate")
	flags.StringArrayVar(&f.allowDomains, "allow-domain", nil, "send mail to `DOMAIN`, although it is not reserved for tests (repeatable)")
}

// overrides are what the flags change in a scenario.
func (f *serverFlags) overrides() scenarios.ServerOverrides {
	return scenarios.ServerOverrides{User: f.user, CA: f.ca, ServerName: f.serverName, Insecure: f.insecure, AllowDomains: f.allowDomains}
}

// lookupEnv finds environment variables, as os.LookupEnv does.
type lookupEnv = func(name string) (string, bool)

// lookupOr looks variables up in the environment. If that has no password, it is
// the one given.
func lookupOr(password string) lookupEnv {
	return func(name string) (string, bool) {
		if value, ok := os.LookupEnv(name); ok || name != scenarios.PasswordVariable {
			return value, ok
		}
		return password, true
	}
}

// password returns how to look up the scenario's ${env:...}: in the environment.
// If that has no password for --user, it asks for one on the terminal.
func (f *serverFlags) password(s streams) (lookupEnv, error) {
	if _, ok := os.LookupEnv(scenarios.PasswordVariable); ok || f.user == "" {
		return os.LookupEnv, nil
	}
	terminal, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return nil, usagef("set it to the password of "+f.user, "%s is not set, and there is no terminal to ask for the password on", scenarios.PasswordVariable)
	}
	secret, err := password.Ask(terminal, f.user, s.err, endings())
	return lookupOr(secret), err
}
