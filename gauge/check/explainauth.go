package check

import (
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// login says what was tried with AUTH. It does not show a name that is a secret.
func (e *explainer) login() string {
	accounts := e.flow.Session.Accounts
	if len(accounts) == 0 || accounts[0].Private || accounts[0].Username == "" {
		return "AUTH"
	}
	return "AUTH as " + printable.Text(accounts[0].Username)
}

// auth explains a login that failed; nil for what can happen anywhere.
func (e *explainer) auth(f *sample.Failure) *Fault {
	offered := offerIn(e.walk.Offers())
	switch {
	case f.Class == sample.AuthMissing && f.Code == 0 && len(offered["AUTH"]) == 0:
		return e.noAuth(offered)
	case f.Class == sample.AuthMissing && f.Code == 0:
		return e.fault(AuthNoMechanism, e.pickOf("set auth.mechanism to one that the server offers, or ", "set --mechanism to one that the server offers, or ", "")+"turn another on in the server",
			"EHLO offers AUTH %s, and the flow can use %s", printable.Text(strings.Join(offered["AUTH"], " ")), e.mechanisms())
	case f.Code == 538, f.Class == sample.StartTLSMissing:
		return e.fault(AuthNeedsTLS, e.mode("starttls"), "%s was answered %s: the server takes logins only under TLS", e.login(), reply(f))
	case f.Code >= 500:
		return e.fault(LoginRefused, e.pick("correct auth.username and auth.password", "correct --user and "+passwordVariable)+"; it was tried once only",
			"%s was answered %s: the name or the password is wrong, or the account may not log in", e.login(), reply(f))
	case f.Class == sample.AuthRejected:
		return e.fault(LoginRefused, "correct "+e.pickOf("auth.username, auth.password and auth.mechanism", "--user, --mechanism and "+passwordVariable, "--user and "+passwordVariable), "%s was not tried: %s", e.login(), f.Text)
	}
	return nil
}

// noAuth explains that EHLO offers no AUTH.
func (e *explainer) noAuth(offered offer) *Fault {
	if offered.has("STARTTLS") {
		return e.fault(AuthNeedsTLS, e.mode("starttls"), "EHLO offers STARTTLS and no AUTH: most likely the server offers AUTH only after STARTTLS")
	}
	where := ""
	if e.walk.TLS != nil {
		where = " under TLS"
	}
	return e.fault(AuthNotOffered, "turn AUTH on in the server, use its submission port, or leave "+e.pick("the flow's auth", "--user")+" out", "EHLO offers no AUTH%s, and the flow has a login", where)
}

// mechanisms says which mechanisms the flow can use.
func (e *explainer) mechanisms() string {
	if m := e.flow.Session.Accounts[0].Mechanism; m != "" {
		return printable.Text(strings.ToUpper(m))
	}
	return "those that take a password: " + strings.Join(smtpwire.PasswordMechanisms(), ", ")
}
