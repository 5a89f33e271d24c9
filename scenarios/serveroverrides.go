package scenarios

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// PasswordVariable is the environment variable that has the password of
// ServerOverrides.User.
const PasswordVariable = "SMTPGAUGE_PASSWORD"

// ServerOverrides change how a scenario reaches its server, each as the command's flag
// of that name says. The zero value changes nothing. A flow that has such a field of its
// own keeps it, but for the login.
type ServerOverrides struct {
	User         string   // logs in wherever the scenario has auth, with the password in PasswordVariable
	CA           string   // a file; target.tls.ca
	ServerName   string   // target.tls.server_name
	Insecure     bool     // target.tls.insecure
	AllowDomains []string // added to allow_domains
}

// apply changes the tree before anything is merged, so that it is checked like what
// stands in the file.
func (o *ServerOverrides) apply(d *decoder, root *tree.Node) {
	if root.Kind != tree.Mapping {
		return // decoding reports that
	}
	put := func(flag string, value *tree.Node, steps ...string) {
		if err := assign(root, steps, value); err != nil {
			d.Faultf(tree.Position{File: flag}, "%v", err)
		}
	}
	if o.CA != "" {
		put("--ca", literalAt("--ca", o.CA), "target", "tls", "ca")
	}
	if o.ServerName != "" {
		put("--server-name", literalAt("--server-name", o.ServerName), "target", "tls", "server_name")
	}
	if o.Insecure {
		put("--insecure", &tree.Node{At: tree.Position{File: "--insecure"}, Tag: tree.IsBool, Text: "true"}, "target", "tls", "insecure")
	}
	if len(o.AllowDomains) > 0 {
		all := &tree.Node{Kind: tree.Sequence, At: tree.Position{File: "--allow-domain"}}
		if known := root.Get("allow_domains"); known != nil && known.Kind == tree.Sequence {
			all.Items = append(all.Items, known.Items...)
		}
		for _, domain := range o.AllowDomains {
			all.Items = append(all.Items, literalAt("--allow-domain", domain))
		}
		root.Put("allow_domains", all)
	}
	if o.User != "" {
		o.logIn(d, root)
	}
}

// literalAt is a text of the command line, in which a dollar sign is one.
func literalAt(flag, text string) *tree.Node {
	return tree.Word(tree.Position{File: flag}, tree.Literal(text))
}

// logIn puts the user in place of every account of the scenario. If the scenario has a
// variable username, it changes too, so that addresses made of it follow.
func (o *ServerOverrides) logIn(d *decoder, root *tree.Node) {
	user := literalAt("--user", o.User)
	vars := root.Get("vars")
	shared := authOf(root.Get("defaults"))
	inherited := mechanismOf(shared, vars, d.filler.Env, "")
	found, taken := shared != nil, logInBy(shared, inherited, user, false)
	if flows := root.Get("flows"); flows != nil && flows.Kind == tree.Mapping {
		for _, e := range flows.Entries {
			if own := authOf(e.Value); own != nil {
				found = true
				taken = logInBy(own, mechanismOf(own, vars, d.filler.Env, inherited), user, shared != nil) || taken
			}
		}
	}
	switch {
	case !found:
		d.Faultf(user.At, "no flow has auth, so nobody logs in: add --set 'defaults.auth={}'")
	case !taken:
		d.Faultf(user.At, "every login is by EXTERNAL, which takes no user: the client's certificate says who it is")
	}
	if vars.Get("username") != nil {
		vars.Put("username", user)
	}
}

// authOf is the auth of a flow or of the defaults; nil if it is no mapping.
func authOf(section *tree.Node) *tree.Node {
	n := section.Get("auth")
	if n == nil || n.Kind != tree.Mapping {
		return nil
	}
	return n
}

// logInBy puts the user and the secret into an auth, as its mechanism wants them, and is
// false if that takes none. What the mechanism does not take is not inherited either, if
// there is something to inherit.
func logInBy(auth *tree.Node, mechanism string, user *tree.Node, inherits bool) bool {
	if auth == nil {
		return false
	}
	wanted := []string{"username", SecretOption(mechanism)}
	if mechanism == smtpwire.External {
		wanted = nil
	} else {
		auth.Drop("accounts", "identity")
	}
	for _, option := range []string{"username", "password", "token"} {
		switch {
		case option == "username" && len(wanted) > 0:
			auth.Put(option, user)
		case slices.Contains(wanted, option):
			auth.Put(option, tree.Word(user.At, "${env:"+PasswordVariable+"}"))
		case inherits:
			auth.Put(option, &tree.Node{At: user.At, Tag: tree.IsNull})
		case len(wanted) > 0:
			auth.Drop(option)
		}
	}
	return len(wanted) > 0
}

// mechanismOf is the mechanism of an auth, or else the inherited one. It may be a variable.
func mechanismOf(auth, vars *tree.Node, env func(string) (string, bool), inherited string) string {
	n := auth.Get("mechanism")
	if n == nil || n.Kind != tree.Scalar {
		return inherited
	}
	if n.Null() {
		return ""
	}
	var ignored tree.Report // decoding reports what is wrong
	filler := tree.Filler{Report: &ignored, Vars: vars, Env: env}
	text, _ := filler.Fill(&tree.Node{Text: n.Text}, false)
	return text
}
