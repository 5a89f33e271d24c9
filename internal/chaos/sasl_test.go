package chaos

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/xdg-go/scram"
)

// auth goes through a correct exchange, and lets everybody in.
func (d *dialogue) auth(rest string) error {
	if r := d.verdict("auth", 235, "2.7.0 welcome"); r.code != 235 {
		return d.say("auth", r)
	}
	mechanism, initial, given := strings.Cut(rest, " ")
	var err error
	switch mechanism = strings.ToUpper(mechanism); {
	case strings.HasPrefix(mechanism, "SCRAM-"):
		err = d.scram(mechanism, initial, given)
	case mechanism == "LOGIN":
		if _, err = d.ask("Username:"); err == nil {
			_, err = d.ask("Password:")
		}
	case mechanism == "CRAM-MD5":
		_, err = d.ask("<1896.697170952@chaos.example.test>")
	case !given:
		_, err = d.ask("")
	}
	if err != nil {
		return err
	}
	return d.say("auth", d.verdict("auth", 235, "2.7.0 welcome"))
}

// ask sends a challenge and returns the response, which need not be base64.
func (d *dialogue) ask(challenge string) (string, error) {
	if err := d.say("auth", reply{334, []string{base64.StdEncoding.EncodeToString([]byte(challenge))}}); err != nil {
		return "", err
	}
	line, err := d.line()
	response, _ := base64.StdEncoding.DecodeString(line)
	return string(response), err
}

// scram is the server's side of RFC 5802. If the client's side is wrong, it goes on all the
// same: the plan decides about refusals.
func (d *dialogue) scram(mechanism, initial string, given bool) error {
	hash := scram.SHA256
	if mechanism == "SCRAM-SHA-1" {
		hash = scram.SHA1
	}
	server, err := hash.NewServer(func(string) (scram.StoredCredentials, error) {
		client, err := hash.NewClient(d.server.secrets.username, d.server.secrets.password, "")
		if err != nil {
			return scram.StoredCredentials{}, err
		}
		return client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "a pinch of it", Iters: 4096})
	})
	if err != nil {
		return err
	}
	first, _ := base64.StdEncoding.DecodeString(initial)
	response := string(first)
	if !given {
		if response, err = d.ask(""); err != nil {
			return err
		}
	}
	talk := server.NewConversation()
	for range 2 {
		challenge, _ := talk.Step(response)
		if response, err = d.ask(challenge); err != nil {
			return err
		}
	}
	return nil
}

// challenge returns a challenge that no client can accept.
func (d *dialogue) challenge(form int) []byte {
	_, nonce, _ := strings.Cut(d.response(), "r=")
	counts := []string{"2147483647", "200000", "-1", "4096", "999999999999999999999", ""}
	list := []string{
		base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "r=%sx,s=%s,i=%s", nonce, "c2FsdA==", counts[form/8%len(counts)])),
		"not base64 at all",
		"",
		strings.Repeat("A", 4*(form%500)),
		strings.Repeat("AAAA\r\n334 ", form%40) + "AAAA",
		base64.StdEncoding.EncodeToString([]byte(d.server.secrets.said(form / 8))),
		base64.StdEncoding.EncodeToString([]byte("e=" + d.server.secrets.password)),
		base64.StdEncoding.EncodeToString([]byte("v=" + d.server.secrets.said(form/8))),
	}
	return []byte("334 " + list[form%8] + "\r\n")
}

// response returns the client's last response, decoded.
func (d *dialogue) response() string {
	fields := strings.Fields(d.lastLine)
	if len(fields) == 0 {
		return ""
	}
	b, _ := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	return string(b)
}
