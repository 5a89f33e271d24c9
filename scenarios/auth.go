package scenarios

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// An auth says who authenticates, and how.
type auth struct {
	section
	mechanism string
	username  secret
	password  secret
	token     secret
	identity  secret
	file      string

	accounts []smtpwire.Credentials // resolved
}

var mechanismShape = literal[string]{
	want: "one of " + tree.List(smtpwire.Mechanisms()),
	tags: []tree.Tag{tree.IsText},
	parse: func(text string) (string, error) {
		return text, checkWord(text, smtpwire.Mechanisms()...)
	},
	schema: jsonSchema{Type: "string", Enum: smtpwire.Mechanisms()},
}

var shown, hidden shape[secret] = credential{}, credential{hidden: true}

var authShape = object[auth]{
	name:    "auth",
	example: `{username: NAME, password: "${env:NAME}"}`,
	fields: []field[auth]{
		opt("mechanism", mechanismShape, func(a *auth) *string { return &a.mechanism },
			"The SASL mechanism. If left out, the strongest that the server offers."),
		opt("username", shown, func(a *auth) *secret { return &a.username },
			"Who authenticates. ${env:NAME} stands for an environment variable, ${file:PATH} for the text of a file, and $$ for a dollar sign."),
		opt("password", hidden, func(a *auth) *secret { return &a.password },
			"The password, best as ${env:NAME} or ${file:PATH}. It is shown nowhere."),
		opt("token", hidden, func(a *auth) *secret { return &a.token },
			"The bearer token of XOAUTH2 and OAUTHBEARER, best as ${env:NAME} or ${file:PATH}. It is shown nowhere."),
		opt("identity", shown, func(a *auth) *secret { return &a.identity },
			"The identity to act as, if it is not the one that authenticates."),
		opt("accounts", filePath, func(a *auth) *string { return &a.file },
			"CSV file of accounts that sessions take in turn, with the columns username and password (or token), and identity if needed."),
	},
	check: checkAuth,
}

func checkAuth(d *decoder, a *auth) {
	if a.has("accounts") {
		for _, name := range a.given("username", "password", "token", "identity") {
			d.Faultf(a.at(name), "%s is given, and accounts too: leave out one of the two", name)
		}
		return
	}
	bearer := smtpwire.TakesToken(a.mechanism)
	switch {
	case a.mechanism == smtpwire.External:
		for _, name := range a.given("username", "password", "token") {
			d.Faultf(a.at(name), "EXTERNAL takes no %s: the client's certificate says who it is, and identity may be added", name)
		}
		return
	case bearer && a.has("password"):
		d.Faultf(a.at("password"), "%s takes a token, not a password", a.mechanism)
	case !bearer && a.has("token"):
		d.Faultf(a.at("token"), "a token needs mechanism XOAUTH2 or OAUTHBEARER")
	}
	if a.unsure {
		return
	}
	if !a.has("username") {
		d.Faultf(a.node.At, "username is missing: give it, or accounts with a CSV file of many")
	}
	if !a.has("password") && !a.has("token") {
		d.Faultf(a.node.At, "%s is missing: best as ${env:NAME}", SecretOption(a.mechanism))
	}
}

// SecretOption is the option of auth that holds a mechanism's secret: token or password.
func SecretOption(mechanism string) string {
	if smtpwire.TakesToken(mechanism) {
		return "token"
	}
	return "password"
}

// settle makes the accounts that sessions take in turn.
func (a *auth) settle(d *decoder) {
	switch {
	case a.node == nil:
	case a.file != "":
		a.accounts = a.pool(d)
	default:
		secret := a.password
		if a.has("token") {
			secret = a.token
		}
		a.accounts = []smtpwire.Credentials{{
			Mechanism: a.mechanism,
			Identity:  a.identity.reveal(),
			Username:  a.username.reveal(),
			Password:  secret.reveal(),
			Private:   a.refers("username") || a.refers("identity"),
		}}
	}
}

// refers reports whether a text has a reference like ${env:NAME}. Then it is kept
// secret, whatever option it is.
func (a *auth) refers(name string) bool {
	n := a.node.Get(name)
	return n != nil && reference.MatchString(n.Text)
}

func (a *auth) pool(d *decoder) []smtpwire.Credentials {
	t := d.table(a.at("accounts"), a.file)
	d.keepPrivate()
	if t == nil {
		return nil
	}
	wanted := SecretOption(a.mechanism)
	username, secret := slices.Index(t.Columns, "username"), slices.Index(t.Columns, wanted)
	if username < 0 || secret < 0 {
		d.Faultf(t.Header(), "want a header row with the columns username and %s, and identity if needed", wanted)
		return nil
	}
	identity := slices.Index(t.Columns, "identity")
	accounts := make([]smtpwire.Credentials, len(t.Rows))
	for i, row := range t.Rows {
		if row[username] == "" || row[secret] == "" {
			d.Faultf(t.At(i), "username or %s is empty", wanted)
		}
		accounts[i] = smtpwire.Credentials{Mechanism: a.mechanism, Username: row[username], Password: row[secret]}
		if identity >= 0 {
			accounts[i].Identity = row[identity]
		}
	}
	return accounts
}
