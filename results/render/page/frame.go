package page

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
)

// A Frame is what makes a page of others look like these: its body has a header of class top
// with the button of id theme, and a main whose sections are the cards.
type Frame struct {
	Style  template.CSS
	Theme  template.JS // the script of the button, for the end of the body
	Policy string      // the Content-Security-Policy that lets Theme run, and nothing else
}

// NewFrame returns the frame.
func NewFrame() Frame {
	theme := asset("assets/theme.js")
	return Frame{
		Style:  template.CSS(asset("assets/page.css") + asset("assets/print.css")),
		Theme:  template.JS(theme),
		Policy: policyOf(theme),
	}
}

// policyOf is the Content-Security-Policy of a page that runs some scripts and loads nothing.
func policyOf(scripts ...string) string {
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src"
	for _, text := range scripts {
		sum := sha256.Sum256([]byte(text))
		policy += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return policy
}
