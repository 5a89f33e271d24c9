package smtpwire

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// auth is a session up to AUTH, in which the server offers these mechanisms.
func auth(mechs string) string {
	return "S: 220 hi\nC: EHLO localhost\nS: 250-hi\nS: 250 AUTH " + mechs + "\ntimed banner\ntimed ehlo\n"
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestAuth(t *testing.T) {
	user := func(mech string) *Credentials {
		return &Credentials{Mechanism: mech, Username: "tim", Password: "tanstaaftanstaaf"}
	}
	const good = "\nS: 235 2.7.0 welcome\ntimed auth\n= ready"
	long := Credentials{Mechanism: "XOAUTH2", Username: "u", Password: strings.Repeat("t", 600)}
	playAll(t, []dialogue{{
		name: "PLAIN", cred: user("plain"),
		script: auth("LOGIN PLAIN") + "C: AUTH PLAIN " + b64("\x00tim\x00tanstaaftanstaaf") + good,
	}, {
		name: "PLAIN with an identity", cred: &Credentials{Identity: "root", Username: "u", Password: "p"},
		script: auth("PLAIN") + "C: AUTH PLAIN " + b64("root\x00u\x00p") + good,
	}, {
		name: "LOGIN, whatever its prompts", cred: user("LOGIN"),
		script: auth("LOGIN") + `
			C: AUTH LOGIN
			S: 334 ` + b64("User Name\x00") + `
			C: ` + b64("tim") + `
			S: 334 ` + b64("passwd:") + `
			C: ` + b64("tanstaaftanstaaf") + good,
	}, {
		name: "LOGIN asked for a third answer", cred: user("LOGIN"),
		script: auth("LOGIN") + `
			C: AUTH LOGIN
			S: 334 
			C: ` + b64("tim") + `
			S: 334 
			C: ` + b64("tanstaaftanstaaf") + `
			S: 334 
			failed auth: protocol: sasl: unexpected server challenge
			= ended`,
	}, {
		name: "CRAM-MD5, the example of RFC 2195", cred: user("CRAM-MD5"),
		script: auth("CRAM-MD5") + `
			C: AUTH CRAM-MD5
			S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
			C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw` + good,
	}, {
		name: "XOAUTH2", cred: user("XOAUTH2"),
		script: auth("XOAUTH2") + "C: AUTH XOAUTH2 " + b64("user=tim\x01auth=Bearer tanstaaftanstaaf\x01\x01") + good,
	}, {
		name: "XOAUTH2 refused", cred: user("XOAUTH2"),
		script: auth("XOAUTH2") + "C: AUTH XOAUTH2 " + b64("user=tim\x01auth=Bearer tanstaaftanstaaf\x01\x01") + `
			S: 334 ` + b64(`{"status":"401"}`) + `
			C:
			S: 535 5.7.8 no
			timed auth
			failed auth: auth-rejected: 535 5.7.8 no
			= ended`,
	}, {
		name: "an initial response too long for its command", cred: &long,
		script: auth("XOAUTH2") + `
			C: AUTH XOAUTH2
			S: 334 
			C: ` + b64("user=u\x01auth=Bearer "+long.Password+"\x01\x01") + good,
	}, {
		name: "OAUTHBEARER", cred: user("OAUTHBEARER"),
		script: auth("OAUTHBEARER") + "C: AUTH OAUTHBEARER " + b64("n,a=tim,\x01auth=Bearer tanstaaftanstaaf\x01\x01") + good,
	}, {
		name: "OAUTHBEARER refused", cred: user("OAUTHBEARER"),
		script: auth("OAUTHBEARER") + "C: AUTH OAUTHBEARER " + b64("n,a=tim,\x01auth=Bearer tanstaaftanstaaf\x01\x01") + `
			S: 334 ` + b64(`{"status":"invalid_token"}`) + `
			C: AQ==
			S: 535 5.7.8 no
			timed auth
			failed auth: auth-rejected: 535 5.7.8 no
			= ended`,
	}, {
		name: "EXTERNAL without an identity", cred: user("EXTERNAL"),
		script: auth("EXTERNAL") + "C: AUTH EXTERNAL =" + good,
	}, {
		name: "EXTERNAL with one", cred: &Credentials{Mechanism: "EXTERNAL", Identity: "root"},
		script: auth("EXTERNAL") + "C: AUTH EXTERNAL " + b64("root") + good,
	}, {
		name: "the strongest in common", cred: user(""),
		script: auth("EXTERNAL XOAUTH2 PLAIN CRAM-MD5 LOGIN GSSAPI") + "C: AUTH CRAM-MD5",
	}, {
		name: "none in common", cred: user(""),
		script: auth("GSSAPI XOAUTH2") + `
			failed auth: auth-missing: the server offers no AUTH mechanism that takes a password; it offers XOAUTH2
			= ended`,
	}, {
		name: "PLAIN asked for once more", cred: user("PLAIN"),
		script: auth("PLAIN") + "C: AUTH PLAIN " + b64("\x00tim\x00tanstaaftanstaaf") + `
			S: 334 go on
			C: ` + b64("\x00tim\x00tanstaaftanstaaf") + good,
	}, {
		name: "PLAIN asked for twice more", cred: user("PLAIN"),
		script: auth("PLAIN") + `
			> forget
			S: 334
			> forget
			S: 334
			failed auth: protocol: sasl: unexpected server challenge
			= ended`,
	}, {
		name: "PLAIN with a NUL in the password", cred: &Credentials{Mechanism: "PLAIN", Username: "tim", Password: "tan\x00staaf"},
		script: auth("PLAIN") + `
			failed auth: auth-rejected: the credentials do not suit PLAIN: a NUL in the name or the password would end it there (RFC 4616 section 2)
			= ended`,
	}, {
		name: "PLAIN with a NUL in the name", cred: &Credentials{Mechanism: "PLAIN", Username: "t\x00im", Password: "tanstaaf"},
		script: auth("PLAIN") + `
			failed auth: auth-rejected: the credentials do not suit PLAIN: a NUL in the name or the password would end it there (RFC 4616 section 2)
			= ended`,
	}, {
		name: "XOAUTH2 with a separator in the token", cred: &Credentials{Mechanism: "XOAUTH2", Username: "tim", Password: "tan\x01staaf"},
		script: auth("XOAUTH2") + `
			failed auth: auth-rejected: the credentials do not suit XOAUTH2: a control character in the name or the token would end it there
			= ended`,
	}, {
		name: "XOAUTH2 refused in plain words", cred: user("XOAUTH2"),
		script: auth("XOAUTH2") + `
			> forget
			S: 334 {"status":"401"}
			C:
			S: 535 5.7.8 no
			timed auth
			failed auth: auth-rejected: 535 5.7.8 no
			= ended`,
	}, {
		name: "OAUTHBEARER refused in plain words", cred: user("OAUTHBEARER"),
		script: auth("OAUTHBEARER") + `
			> forget
			S: 334 no
			C: AQ==
			S: 535 5.7.8 no
			timed auth
			failed auth: auth-rejected: 535 5.7.8 no
			= ended`,
	}, {
		name: "CRAM-MD5, its challenge without padding and with a blank", cred: user("CRAM-MD5"),
		script: auth("CRAM-MD5") + `
			C: AUTH CRAM-MD5
			S: 334 ` + b64("<1@x>")[:7] + ` 
			C: ` + b64("tim "+cramDigest("tanstaaftanstaaf", "<1@x>")) + good,
	}, {
		name: "the one wanted not offered", cred: user("scram-sha-256"),
		script: auth("PLAIN LOGIN") + `
			failed auth: auth-missing: the server does not offer AUTH SCRAM-SHA-256; it offers PLAIN LOGIN
			= ended`,
	}, {
		name: "AUTH not offered at all", cred: user("PLAIN"),
		script: `
			S: 220 hi
			C: EHLO localhost
			S: 250 hi
			timed banner
			timed ehlo
			failed auth: auth-missing: the server does not offer AUTH PLAIN
			= ended`,
	}, {
		name: "rejected", cred: user("PLAIN"),
		script: auth("PLAIN") + "C: AUTH PLAIN " + b64("\x00tim\x00tanstaaftanstaaf") + `
			S: 535 5.7.8 Error: authentication failed
			timed auth
			failed auth: auth-rejected: 535 5.7.8 Error: authentication failed
			= ended`,
	}, {
		name: "a challenge that is not base64", cred: user("CRAM-MD5"),
		script: auth("CRAM-MD5") + `
			C: AUTH CRAM-MD5
			S: 334 !!
			failed auth: protocol: a challenge that is not base64
			= ended`,
	}, {
		name: "challenges ahead of their answers", cred: user("LOGIN"),
		script: auth("LOGIN") + `
			C: AUTH LOGIN
			S: 334 
			S: 334 
			failed auth: protocol: a challenge before the last one was answered
			= ended`,
	}, {
		name: "SCRAM accepted without proof", cred: user("SCRAM-SHA-1"),
		script: auth("SCRAM-SHA-1") + `
			> forget
			S: 235 trust me
			timed auth
			failed auth: protocol: the server did not prove that it knows the password (RFC 5802 section 3)
			= ended`,
	}})
}

func cramDigest(password, challenge string) string {
	h := hmac.New(md5.New, []byte(password))
	h.Write([]byte(challenge))
	return hex.EncodeToString(h.Sum(nil))
}

// The client ignores what the prompts of LOGIN say, and how they are written
// (draft-murchison-sasl-login section 2.1).
func TestLoginPrompts(t *testing.T) {
	var dialogues []dialogue
	for name, prompt := range map[string]string{
		"in the clear":      "334 Username:",
		"a trailing blank":  "334 VXNlcm5hbWU6 ",
		"without padding":   "334 VXNlcm5hbWU",
		"nothing":           "334 ",
		"not even a blank":  "334",
		"no blank ahead":    "334VXNlcm5hbWU6",
		"no blank, a digit": "3345Xyz",
		"a NUL":             "334 VXNlciBOYW1lAA==",
		"a raw NUL":         "334 User\x00Name",
		"two lines":         "334-VXNlcm5hbWU6\nS: 334 VXNlcm5hbWU6",
	} {
		for _, offer := range []string{"AUTH LOGIN", "AUTH=LOGIN", "auth=login plain"} {
			dialogues = append(dialogues, dialogue{
				name: name + ", " + offer, cred: &Credentials{Mechanism: "LOGIN", Username: "tim", Password: "tanstaaf"},
				script: "S: 220 hi\nC: EHLO localhost\nS: 250-hi\nS: 250 " + offer + "\ntimed banner\ntimed ehlo\nC: AUTH LOGIN\n" +
					"S: " + prompt + "\nC: " + b64("tim") + "\nS: " + prompt + "\nC: " + b64("tanstaaf") + "\nS: 235 welcome\ntimed auth\n= ready",
			})
		}
	}
	playAll(t, dialogues)
}
