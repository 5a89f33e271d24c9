package smtpwire

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

// The client leaves a server that prompts for ever.
func TestEndlessChallenges(t *testing.T) {
	for _, mech := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER", "EXTERNAL"} {
		n := -1 // the response with the command
		state, events := exchange(t, &Credentials{Mechanism: mech, Username: "u", Password: "p"}, func(string) (string, bool, error) {
			n++
			return "more", false, nil
		})
		if state != Ended || n > maxChallenges {
			t.Errorf("%s: state %d after %d challenges, %q", mech, state, n, events)
		}
	}
}

// exchange authenticates with a server whose side of the mechanism is next. It returns
// the client's state and events after the server's last reply.
func exchange(t *testing.T, cred *Credentials, next func(response string) (challenge string, done bool, err error)) (State, []string) {
	t.Helper()
	var c Client
	c.Start(&Options{}, cred)
	c.Established(1)
	c.Receive([]byte("220 hi\r\n"), 1)
	writeAll(&c, 2)
	c.Receive([]byte("250-hi\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER EXTERNAL SCRAM-SHA-1 SCRAM-SHA-256\r\n"), 3)
	encoded := ""
	if line := strings.Fields(string(writeAll(&c, 4))); len(line) > 2 {
		encoded = line[2]
	}
	for range 2 * maxChallenges {
		response, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(encoded, "="))
		if err != nil {
			t.Fatalf("the response %q: %v", encoded, err)
		}
		challenge, done, err := next(string(response))
		reply := "334 " + b64(challenge)
		if done {
			reply = "235 2.7.0 welcome"
		}
		if err != nil {
			reply = "535 5.7.8 no"
		}
		c.Receive([]byte(reply+"\r\n"), 5)
		if c.State() != Waiting {
			break
		}
		encoded = strings.TrimSuffix(string(writeAll(&c, 6)), "\r\n")
	}
	var events []string
	for _, e := range c.Events() {
		events = append(events, describe(e))
	}
	return c.State(), events
}

func TestSASLAgainstServers(t *testing.T) {
	cred := Credentials{Username: "tim", Password: "secret"}
	servers := map[string]func() sasl.Server{
		"PLAIN": func() sasl.Server {
			return sasl.NewPlainServer(func(identity, username, password string) error {
				if identity != "" || username != "tim" || password != "secret" {
					return errors.New("no")
				}
				return nil
			})
		},
		"OAUTHBEARER": func() sasl.Server {
			return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
				if o.Username != "tim" || o.Token != "secret" {
					return &sasl.OAuthBearerError{Status: "invalid_token"}
				}
				return nil
			})
		},
		"EXTERNAL": func() sasl.Server {
			return sasl.NewExternalServer(func(identity string) error {
				if identity != "" {
					return errors.New("no")
				}
				return nil
			})
		},
	}
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			c := cred
			c.Mechanism = name
			s := server()
			state, events := exchange(t, &c, func(response string) (string, bool, error) {
				challenge, done, err := s.Next([]byte(response))
				return string(challenge), done, err
			})
			if state != Ready {
				t.Errorf("state is %d after %q, want Ready", state, events)
			}
		})
	}
}

func TestSCRAM(t *testing.T) {
	for name, hash := range map[string]scram.HashGeneratorFcn{"SCRAM-SHA-1": scram.SHA1, "SCRAM-SHA-256": scram.SHA256} {
		for _, tt := range []struct {
			password, salt string
			iterations     int
			state          State
			last           string
		}{
			{"secret", "salt", 4096, Ready, "timed auth"},
			{"secret", "pepper", 4096, Ready, "timed auth"},
			{"wrong", "salt", 4096, Ended, "failed auth: auth-rejected: 535 5.7.8 no"},
			{"secret", "salt", 250_000, Ended, "failed auth: protocol: a SCRAM iteration count that is none or over 200000"},
		} {
			stored, err := hash.NewClient("tim", "secret", "")
			if err != nil {
				t.Fatal(err)
			}
			server, err := hash.NewServer(func(string) (scram.StoredCredentials, error) {
				iterations := min(tt.iterations, 5000) // the client stops at the number that the server sends
				keys, err := stored.GetStoredCredentialsWithError(scram.KeyFactors{Salt: tt.salt, Iters: iterations})
				keys.Iters = tt.iterations
				return keys, err
			})
			if err != nil {
				t.Fatal(err)
			}
			conv, proved := server.NewConversation(), false
			cred := &Credentials{Mechanism: name, Username: "tim", Password: tt.password}
			state, events := exchange(t, cred, func(response string) (string, bool, error) {
				if proved {
					return "", true, nil
				}
				challenge, err := conv.Step(response)
				proved = conv.Done()
				return challenge, false, err
			})
			if state != tt.state || events[len(events)-1] != tt.last {
				t.Errorf("%s %+v: state %d, %q", name, tt, state, events)
			}
		}
	}
}

// A wrong proof of the server is as bad as none.
func TestSCRAMWrongProof(t *testing.T) {
	step := 0
	cred := &Credentials{Mechanism: "SCRAM-SHA-256", Username: "tim", Password: "secret"}
	state, events := exchange(t, cred, func(response string) (string, bool, error) {
		step++
		if step == 1 {
			_, nonce, _ := strings.Cut(response, "r=")
			return "r=" + nonce + "more,s=" + b64("salt") + ",i=4096", false, nil
		}
		return "v=" + b64("liar"), false, nil
	})
	last := events[len(events)-1]
	if state != Ended || !strings.HasPrefix(last, "failed auth: protocol: SCRAM: ") {
		t.Errorf("state %d, %q", state, events)
	}
}

// A server may have a new salt for each session. That works, and does not fill the
// memory.
func TestSCRAMForgetsSalts(t *testing.T) {
	cred := &Credentials{Mechanism: "SCRAM-SHA-256", Username: "tim", Password: "secret of many salts"}
	keys := keysOf(scramSHA256, cred, 0)
	if keys.err != nil {
		t.Fatal(keys.err)
	}
	first := keys.client
	for n := range 3 * maxSalts {
		conv := keys.conversation()
		mine, err := conv.Step("")
		if err != nil {
			t.Fatal(err)
		}
		_, nonce, _ := strings.Cut(mine, "r=")
		s := &scramClient{name: "SCRAM-SHA-256", keys: keys, conv: conv}
		salt := base64.StdEncoding.EncodeToString([]byte{byte(n)})
		if _, err := s.Next([]byte("r=" + nonce + "x,s=" + salt + ",i=4096")); err != nil {
			t.Fatal(err)
		}
		if len(keys.salts) > maxSalts {
			t.Fatalf("%d salts are remembered, want at most %d", len(keys.salts), maxSalts)
		}
	}
	if keys.client == first {
		t.Error("the keys of the first salts are kept")
	}
}
