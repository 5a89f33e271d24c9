//go:build integration && linux

package integration

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

var natsProgram = flag.String("nats-server", filepath.Join("..", "..", "bin", "nats-server"), "the NATS server that agents meet at")

// crewToken is what a crew knows that meets at other servers.
const crewToken = "SMTPGAUGE_TOKEN=0123456789abcdef0123456789abcdef"

// startNATS starts a NATS server with a configuration, on a free port. It returns its address.
func startNATS(t *testing.T, config string) (d *daemon, address string) {
	t.Helper()
	port := freePort(t, 0)
	return startNATSOn(t, port, config), fmt.Sprintf("127.0.0.1:%d", port)
}

func startNATSOn(t *testing.T, port int, config string) *daemon {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nats.conf")
	writeFile(t, file, fmt.Sprintf("host: 127.0.0.1\nport: %d\n%s", port, config))
	program, err := filepath.Abs(*natsProgram)
	if err != nil {
		t.Fatal(err)
	}
	d := startDaemon(t, program, "-c", file)
	d.awaitListener(t, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	return d
}

// carriedOut fails the test unless two agents carried a run out.
func (c *crew) carriedOut() {
	c.t.Helper()
	r, _ := c.end()
	for _, a := range r.Agents {
		if a.Lost || a.Messages.Accepted == 0 {
			c.t.Errorf("agent %+v", a)
		}
	}
	if len(r.Agents) != 2 || strings.Contains(r.reasons(), "agents") {
		c.t.Errorf("%d agents, %q", len(r.Agents), r.reasons())
	}
	c.accounted(r)
	for _, m := range append(c.agents, c.coordinator) {
		if strings.Contains(m.stderr.String(), "s3cret-nats") {
			c.t.Errorf("%v prints the password of the servers:\n%s", m.cmd.Args, m.stderr.String())
		}
	}
}

// TestFleetOverNATS lets a fleet meet at a NATS server of others, by each way to log in. A
// client without one is told that it is refused.
func TestFleetOverNATS(t *testing.T) {
	dir := serverDir(t)
	authority := newAuthority(t, "nats")
	ca := filepath.Join(dir, "ca.pem")
	authority.write(t, ca)
	authority.issue(t, "localhost", nil).write(t, dir, "nats")
	tls := fmt.Sprintf("tls: {cert_file: %s/nats.pem, key_file: %s/nats.key}\n", dir, dir)
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, nkey := filepath.Join(dir, "user.nk"), publicKey(t, user)
	writeSecret(t, seed, user)
	operator, credentials := newOperator(t, dir)
	for name, test := range map[string]struct {
		config, login string
		flags         []string
	}{
		"user":        {config: "authorization: {user: gauge, password: s3cret-nats}\n", login: "gauge:s3cret-nats@"},
		"token":       {config: "authorization: {token: s3cret-nats}\n", login: "s3cret-nats@"},
		"nkey":        {config: "authorization: {users: [{nkey: " + nkey + "}]}\n", flags: []string{"--nats-nkey", seed}},
		"credentials": {config: operator, flags: []string{"--nats-creds", credentials}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, address := startNATS(t, tls+test.config)
			_, port, _ := strings.Cut(address, ":")
			host := "localhost:" + port
			flags := append([]string{"--nats", "tls://" + test.login + host, "--nats-ca", ca}, test.flags...)
			c := newCrew(t, 2, 2, []string{crewToken}, flags...)
			c.join = flags

			stranger := c.launch(c.env, "agent", "--nats", "tls://"+host, "--nats-ca", ca)
			stranger.await(t, "the NATS servers at tls://"+host+" refuse this login")
			stranger.signal(t, syscall.SIGINT)
			stranger.exit(t)
			unsure := c.launch(c.env, append([]string{"agent"}, append(test.flags, "--nats", "tls://"+test.login+host)...)...)
			unsure.await(t, "is of an authority that this machine does not trust")
			unsure.signal(t, syscall.SIGINT)
			unsure.exit(t)

			c.agent()
			c.agent()
			c.carriedOut()
		})
	}
}

// TestFleetOverACluster kills the one of three NATS servers that an agent is connected to. It
// goes on by another that the cluster told it of.
func TestFleetOverACluster(t *testing.T) {
	t.Parallel()
	var servers []*daemon
	var clients, routes [3]int
	for i := range clients {
		clients[i], routes[i] = freePort(t, 0), freePort(t, 0)
	}
	for i := range clients {
		servers = append(servers, startNATSOn(t, clients[i], fmt.Sprintf(
			"server_name: s%d\ncluster: {name: c, listen: \"127.0.0.1:%d\", routes: [\"nats://127.0.0.1:%d\", \"nats://127.0.0.1:%d\", \"nats://127.0.0.1:%d\"]}\n",
			i, routes[i], routes[0], routes[1], routes[2])))
	}
	at := func(i int) []string { return []string{"--nats", fmt.Sprintf("nats://127.0.0.1:%d", clients[i])} }
	c := newCrew(t, 8, 2, []string{crewToken}, at(0)...)
	c.join = at(1)
	c.agent()
	c.join = at(2)
	c.agent()
	c.underWay()
	servers[1].signal(t, syscall.SIGKILL)
	<-servers[1].exited
	c.carriedOut()
}

func publicKey(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	key, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writeSecret(t *testing.T, name string, pair nkeys.KeyPair) {
	t.Helper()
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, name, string(seed))
}

// newOperator makes an operator, an account and a user. It returns the configuration of a
// server that knows the first two, and a file with the user's credentials.
func newOperator(t *testing.T, dir string) (config, credentials string) {
	t.Helper()
	operator, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	sign := func(claims jwt.Claims, by nkeys.KeyPair) string {
		token, err := claims.Encode(by)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	operatorToken := sign(jwt.NewOperatorClaims(publicKey(t, operator)), operator)
	accountToken := sign(jwt.NewAccountClaims(publicKey(t, account)), operator)
	userToken := sign(jwt.NewUserClaims(publicKey(t, user)), account)
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(userToken, seed)
	if err != nil {
		t.Fatal(err)
	}
	credentials = filepath.Join(dir, "user.creds")
	if err := os.WriteFile(credentials, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("operator: %s\nresolver: MEMORY\nresolver_preload: {%s: %s}\n", operatorToken, publicKey(t, account), accountToken), credentials
}
