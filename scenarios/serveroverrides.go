package scenarios

import (
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
	password := tree.Word(user.At, "${env:"+PasswordVariable+"}")
	sections := []*tree.Node{root.Get("defaults")}
	if flows := root.Get("flows"); flows != nil && flows.Kind == tree.Mapping {
		for _, e := range flows.Entries {
			sections = append(sections, e.Value)
		}
	}
	found := false
	for _, s := range sections {
		auth := s.Get("auth")
		if auth == nil || auth.Kind != tree.Mapping {
			continue
		}
		found = true
		auth.Drop("accounts", "token", "identity")
		auth.Put("username", user)
		auth.Put("password", password)
	}
	if !found {
		d.Faultf(user.At, "no flow has auth, so nobody logs in: add --set 'defaults.auth={}'")
	}
	if vars := root.Get("vars"); vars.Get("username") != nil {
		vars.Put("username", user)
	}
}
