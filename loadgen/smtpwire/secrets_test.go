package smtpwire

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// A secret that a server sends back, in whatever way, is hidden. The rest of the text
// stays.
func TestRedact(t *testing.T) {
	const secret = "S3cretPassw0rd"
	accounts := []Credentials{
		{Username: "u@example.test", Password: secret},
		{Username: "v@example.test", Password: "Another/One+Twelve"},
		{Username: "w@example.test", Password: "user1"},
		{Username: "w@example.test", Password: "user10-of-all"},
		{Username: "w@example.test", Password: "user10-of"},
		{Username: "w@example.test", Password: "user10-of-al"},
		{Username: "x@example.test", Password: "pw"},
		{Username: "y@example.test", Password: "schlüssel & %bund"},
		{Username: "z@example.test", Password: "a trailing blank "},
		{Username: "n@example.test"},
		{Username: "m@example.test", Password: "first line\r\nsecond"},
		{Username: "hidden@example.test", Identity: "boss@example.test", Password: "first line\r\nsecond", Private: true},
	}
	s := NewSecrets(accounts[:2], accounts[2:])
	plainOf := func(i int) string {
		return b64("\x00" + accounts[i].Username + "\x00" + accounts[i].Password)
	}
	cut := func(text string, n int) string { return text[:n] }
	for _, tt := range []struct{ name, text, want string }{
		{"as it is", "no " + secret + " here", "no <redacted> here"},
		{"twice", secret + secret + ", " + secret, "<redacted><redacted>, <redacted>"},
		{"in a word", "x" + secret + "x", "x<redacted>x"},
		{"in another case", "no " + strings.ToUpper(secret), "no <redacted>"},
		{"beyond ASCII in another case", "SCHLÜSSEL & %BUND", "<redacted>"},
		{"of another account", "no Another/One+Twelve", "no <redacted>"},
		{"one of several that begin alike", "user1 user10-of user10-of-al user10-of-all user10-of-alx",
			"<redacted> <redacted> <redacted> <redacted> <redacted>x"},
		{"PLAIN", "AUTH PLAIN " + plainOf(0) + " failed", "AUTH PLAIN <redacted> failed"},
		{"PLAIN with its NUL shown", `\0u@example.test\0` + secret, `\0u@example.test\0<redacted>`},
		{"PLAIN without padding", strings.TrimRight(plainOf(1), "=") + ".", "<redacted>."},
		{"PLAIN in upper case", strings.ToUpper(plainOf(0)), "<redacted>"},
		{"PLAIN with an identity", b64("boss\x00u\x00" + secret), "<redacted>"},
		{"XOAUTH2", b64("user=u\x01auth=Bearer " + secret + "\x01\x01"), "<redacted>"},
		{"OAUTHBEARER", b64("n,a=u,\x01auth=Bearer " + secret + "\x01\x01"), "<redacted>"},
		{"LOGIN", "got " + b64(secret) + ".", "got <redacted>."},
		{"in the other alphabet", base64.RawURLEncoding.EncodeToString([]byte("??>>" + secret + "??>>")), "<redacted>"},
		{"over two lines", "you said S3cret\nPassw0rd to me", "you said <redacted> to me"},
		{"over two lines with a code", "you said S3cret \n5.7.8 Passw0rd to me", "you said <redacted> to me"},
		{"base64 over two lines", plainOf(0)[:30] + "\n" + plainOf(0)[30:] + "\nbye", "<redacted>\nbye"},
		{"for a URL", url.QueryEscape(accounts[7].Password), "<redacted>"},
		{"for a path", url.PathEscape(accounts[7].Password), "<redacted>"},
		{"quoted-printable", "schl=C3=BCssel=20&=20%bu=\nnd!", "<redacted>!"},
		{"with backslashes", `S3cret\x50assw0rd S3cret\P\assw0rd`, "<redacted> <redacted>"},
		{"as if it were Latin-1", "schlÃ¼ssel & %bund", "<redacted>"},
		{"in hexadecimal", "0x" + hex.EncodeToString([]byte("\x00u\x00"+secret)) + " no", "0x007500<redacted> no"},
		{"in hexadecimal, a digit off", "5" + strings.ToUpper(hex.EncodeToString([]byte(secret))), "5<redacted>"},
		{"cut by the server", "bad: S3cretPass", "bad: <redacted>"},
		{"cut, with dots", "bad: S3cretPass... go away", "bad: <redacted>... go away"},
		{"cut at a line", "bad: S3cretPass\ngo away", "bad: <redacted>\ngo away"},
		{"base64 cut", "bad: " + cut(plainOf(0), 36), "bad: <redacted>"},
		{"without its last blank", "a trailing blank", "<redacted>"},
		{"of two lines", "first line\nsecond", "<redacted>"},
		{"a private name", "<hidden@example.test> is not boss@example.test", "<<redacted>> is not <redacted>"},
		{"of two lines, encoded", plainOf(10), "<redacted>"},
		{"a short one as a word", "no pw (pw) pwd spw", "no <redacted> (<redacted>) pwd spw"},
		{"a short one with LOGIN", "no " + b64("pw"), "no <redacted>"},
		{"a short one with PLAIN", "no " + plainOf(6), "no <redacted>"},

		{"a part of it", "you said ...etPassw0rd, and S3cretPass", "you said ...<redacted>, and <redacted>"},
		{"as an entity of HTML", "S3cret&#80;assw0rd S3cret&#x50;assw0rd &lt;", "<redacted> <redacted> &lt;"},
		{"as JSON", `S3cret\u0050assw0rd`, "<redacted>"},
		{"in octal", `S3cret\120assw0rd`, "<redacted>"},
		{"as xtext", "S3cret+50assw0rd", "<redacted>"},
		{"escaped twice", "S3cret%2550assw0rd", "<redacted>"},
		{"spaced out", "S 3 c r e t P a s s w 0 r d", "<redacted>"},
		{"in hexadecimal, spaced out", strings.TrimSpace(fmt.Sprintf("% x", secret)), "<redacted>"},
		{"half of it and more", "S3cretPa****** is wrong", "<redacted>****** is wrong"},
		{"what only begins alike", "Another is no password, S3cret neither", "Another is no password, S3cret neither"},
		{"nothing", "", ""},
		{"what has nothing of one", "5.7.8 authentication failed: UGFzc3dvcmQ6 %41 deadbeefdeadbeef", "5.7.8 authentication failed: UGFzc3dvcmQ6 %41 deadbeefdeadbeef"},
	} {
		if got := string(s.redact([]byte(tt.text))); got != tt.want {
			t.Errorf("%s: %q gives %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// A text that was cut within a secret shows nothing of it, however little is left.
func TestRedactWhatWasCut(t *testing.T) {
	for _, secret := range []string{"S3cretPassw0rd", "pass17"} {
		s := NewSecrets([]Credentials{{Username: "u", Password: secret}})
		for n := range len(secret) {
			got := string(s.redactCut([]byte("this is " + secret[:n+1])))
			if strings.ContainsAny(strings.TrimSuffix(got, Redacted), "Sp") {
				t.Errorf("%q left of %q", got, secret[:n+1])
			}
		}
	}
}

// A server may send back what it was sent in any reply. No text that leaves the client
// shows it, whether the text was cut or not.
func TestNoTextSaysASecret(t *testing.T) {
	const secret = "S3cretPassw0rd"
	token := strings.Repeat("t0ken-", 150)
	pad := strings.Repeat("x", 195)
	for _, cred := range []*Credentials{
		{Mechanism: "PLAIN", Username: "u", Password: secret},
		{Mechanism: "LOGIN", Username: "u", Password: secret},
		{Mechanism: "XOAUTH2", Username: "u", Password: token},
		{Mechanism: "CRAM-MD5", Username: "u", Password: secret},
	} {
		for _, ahead := range []string{"", pad, pad + pad + pad[:110]} {
			for _, o := range []*Options{{}, {Secrets: NewSecrets([]Credentials{*cred})}} {
				o.Capture, o.MaxLineLength = true, 64<<10
				var said []string
				var c Client
				c.Start(o, cred)
				c.Established(1)
				say := func(reply string) {
					said = append(said, strings.Split(string(writeAll(&c, 1)), "\r\n")...)
					if o.Secrets != nil { // the server knows it from another session
						said = append(said, cred.Password)
					}
					echo := ""
					for _, line := range said {
						echo += line + " " + decoded(line) + " "
					}
					c.Receive([]byte(strings.ReplaceAll(reply, "ECHO", ahead+echo)+"\r\n"), 2)
				}
				say("220 ECHO")
				say("250-hi\r\n250-ECHO\r\n250 AUTH " + cred.Mechanism)
				for range 3 {
					if c.State() == Waiting && cred.Mechanism != "PLAIN" {
						say("334 " + b64("go on"))
					}
				}
				say("535-5.7.8 ECHO\r\n535 5.7.8 ECHO")
				var texts []string
				for _, e := range c.Events() {
					if e.Kind == FailedEvent {
						texts = append(texts, e.Failure.Error(), e.Failure.Example())
					}
				}
				g := c.Hello()
				texts = append(append(append(texts, g.Banner), g.Clear...), g.Secure...)
				if len(texts) < 4 {
					t.Fatalf("%s: only %q", cred.Mechanism, texts)
				}
				for _, text := range texts {
					for _, hidden := range hiddenIn(said, cred.Password) {
						if strings.Contains(text, hidden) {
							t.Errorf("%s, %d octets ahead: %q says %q", cred.Mechanism, len(ahead), text, hidden)
						}
					}
				}
			}
		}
	}
}

// hiddenIn returns what no text may contain: the beginning of the secret, and what was
// sent with AUTH.
func hiddenIn(said []string, secret string) []string {
	all := []string{secret[:8]}
	for _, line := range said {
		line = line[strings.LastIndexByte(line, ' ')+1:]
		if raw := decoded(line); strings.Contains(raw, secret) {
			all = append(all, line, line[len(line)-8:])
		} else if user, digest, ok := strings.Cut(raw, " "); ok && user == "u" {
			all = append(all, digest, line[8:])
		}
	}
	return all
}

// decoded returns what the base64 in a command stands for; "" if there is none.
func decoded(line string) string {
	b, err := base64.StdEncoding.DecodeString(line[strings.LastIndexByte(line, ' ')+1:])
	if err != nil {
		return ""
	}
	return string(b)
}

// The answer to a challenge is a secret as long as the session lasts.
func TestProofsAreSecret(t *testing.T) {
	s := NewSecrets([]Credentials{{Password: "password-one"}}).with("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ")
	text := "c=biws,r=abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= and password-one"
	if got := string(s.redact([]byte(text))); got != "c=biws,r=abc,p=<redacted>= and <redacted>" {
		t.Errorf("%q", got)
	}
}

// A proof of another session is hidden too, and many of them take no more memory.
func TestProofsOfOtherSessionsAreSecret(t *testing.T) {
	s := NewSecrets([]Credentials{{Password: "password-one"}})
	for i := range 1000 {
		s.with(fmt.Sprintf("%032x", 1e15+float64(i)))
	}
	last := fmt.Sprintf("%032x", 1e15+float64(999))
	if got := string(s.redact([]byte("tim " + last))); got != "tim <redacted>" {
		t.Errorf("%q", got)
	}
	if n := len(s.proofs.secrets().long); n > 4*len(s.proofs.recent) {
		t.Errorf("%d patterns are kept", n)
	}
}

// A secret is hidden at whatever place of a text it is.
func FuzzRedact(f *testing.F) {
	f.Add([]byte("535 5.7.8 you said \x00u\x00S3cretPassw0rd\n5.7.8 !"), "S3cretPassw0rd", uint8(3))
	f.Add([]byte("QVVUSA== =41=42 %41 \\x41 4142434445464748"), "ABCDEFGH", uint8(9))
	f.Fuzz(func(t *testing.T, text []byte, secret string, at uint8) {
		if len(text) > maxText || len(secret) > maxText || !utf8.ValidString(secret) {
			return
		}
		s := NewSecrets([]Credentials{{Username: "u", Password: secret}, {Username: "v", Password: secret + "2"}})
		secret = strings.TrimSpace(secret)
		if len(secret) < shortSecret || strings.Contains(Redacted+Redacted, strings.ToLower(secret)) || strings.ContainsAny(secret, "\r\n<>") {
			return
		}
		i := min(int(at), len(text))
		said := string(text[:i]) + secret + string(text[i:])
		for _, redact := range []func([]byte) []byte{s.redact, s.redactCut} {
			if got := string(redact([]byte(said))); strings.Contains(got, secret) {
				t.Errorf("%q with %q in it gives %q", said, secret, got)
			}
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	text := []byte("5.7.1 <user77@example.test>: Recipient address rejected: Access denied; from=<bench@example.test> to=<user77@example.test>\n5.7.1 see https://example.test/help?id=4X2Y1Z%20")
	for _, n := range []int{1, 100_000} {
		accounts := make([]Credentials, n)
		for i := range accounts {
			accounts[i] = Credentials{Username: fmt.Sprintf("user%d@example.test", i), Password: fmt.Sprintf("user%d-Passw0rd", i)}
		}
		b.Run(fmt.Sprintf("making/accounts=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewSecrets(accounts)
			}
		})
		s := NewSecrets(accounts)
		b.Run(fmt.Sprintf("text/accounts=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.redact(text)
			}
		})
	}
}
