//go:build integration && linux

package integration

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A service is one of Postfix's listeners.
type service struct {
	Name    string // as in the log: p25, p465, p587 or p2525
	Nominal int    // the port it stands for
	Host    string // the address it listens at
	Port    int    // the port it listens on
	Options []string
}

// Address is where the service listens.
func (s *service) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// A postfix is an instance, mostly with the four ports. It discards the mail for example.test.
type postfix struct {
	*daemon
	dir       string     // configuration, queue and log
	ca        string     // PEM file of the authority that signed its certificate
	authority *authority // the same
	services  map[int]*service
}

// messageSizeLimit is small, so that a test needs little to go over it.
const messageSizeLimit = 1 << 20

// What the ports for mail clients have in common, and what each port has of its own.
var (
	submission = []string{
		"smtpd_sasl_auth_enable=yes",
		"smtpd_relay_restrictions=permit_sasl_authenticated,reject",
	}
	encrypted = append([]string{"smtpd_tls_security_level=encrypt"}, submission...)
	usual     = map[int][]string{
		465:  append([]string{"smtpd_tls_wrappermode=yes"}, submission...),
		587:  encrypted,
		2525: encrypted,
	}
)

// startPostfix starts Postfix with the four ports, and Dovecot for its AUTH.
func startPostfix(t *testing.T) *postfix {
	t.Helper()
	p := newPostfix(t)
	services := fourPorts("127.0.0.1")
	for _, s := range services {
		s.Port = freePort(t, s.Nominal)
		p.services[s.Nominal] = s
	}
	p.start(t, services)
	return p
}

// newPostfix makes an instance that has a certificate, and is not started yet.
func newPostfix(t *testing.T) *postfix {
	t.Helper()
	dir := serverDir(t)
	p := &postfix{dir: dir, ca: filepath.Join(dir, "ca.pem"), authority: newAuthority(t, "smtpgauge integration"), services: map[int]*service{}}
	p.authority.write(t, p.ca)
	p.authority.issue(t, "mail.example.test", nil).write(t, dir, "mail")
	return p
}

// fourPorts are services on the four ports of an address.
func fourPorts(host string) []*service {
	var services []*service
	for _, port := range []int{25, 465, 587, 2525} {
		services = append(services, &service{Name: fmt.Sprintf("p%d", port), Nominal: port, Host: host, Port: port, Options: usual[port]})
	}
	return services
}

// start starts the instance, and Dovecot.
func (p *postfix) start(t *testing.T, services []*service) {
	t.Helper()
	dir := p.dir
	p.configure(t, services, startDovecot(t).authSocket)
	logOnFailure(t, p.log())

	// The script checks the configuration and makes the queue. Then the test starts
	// the master without the script, as its own process, so that it ends with the
	// test.
	command(t, "/usr/sbin/postfix", "-c", dir, "check")
	master := filepath.Join(command(t, "/usr/sbin/postconf", "-c", dir, "-hx", "daemon_directory"), "master")
	p.daemon = startDaemon(t, master, "-c", dir, "-s")
	for _, s := range services {
		p.awaitListener(t, "tcp", s.Address())
	}
}

// configure writes the configuration and the folders.
func (p *postfix) configure(t *testing.T, services []*service, authSocket string) {
	t.Helper()

	config := struct {
		Dir, Recipients, AuthSocket, Certificate, Key string
		MessageSizeLimit                              int
		Services                                      []*service
	}{
		Dir:              p.dir,
		Recipients:       account + "=ok, " + second + "=ok",
		AuthSocket:       authSocket,
		Certificate:      filepath.Join(p.dir, "mail.pem"),
		Key:              filepath.Join(p.dir, "mail.key"),
		MessageSizeLimit: messageSizeLimit,
		Services:         services,
	}
	render(t, "main.cf", filepath.Join(p.dir, "main.cf"), config)
	render(t, "master.cf", filepath.Join(p.dir, "master.cf"), config)

	if err := os.Mkdir(filepath.Join(p.dir, "queue"), 0o755); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(p.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(data, atoi(t, owner.Uid), atoi(t, owner.Gid)); err != nil {
		t.Fatal(err)
	}
}

// freePort returns the wanted port if it is free, so that scenarios run as they are written, and
// another one if it is not.
func freePort(t *testing.T, port int) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) && port != 0 {
		other := freePort(t, 0)
		t.Logf("port %d is in use: %d stands for it", port, other)
		return other
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (p *postfix) log() string { return filepath.Join(p.dir, "mail.log") }

// kill ends all processes of the instance at once. They are in one process group, whose leader
// is the master.
func (p *postfix) kill(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Errorf("killing postfix: %v", err)
	}
	<-p.exited
}

// settle waits until every client has gone, every message has been delivered
// and the log has been written.
func (p *postfix) settle(t *testing.T) {
	t.Helper()
	eventually(t, "end of all sessions", func() bool {
		log := p.readLog(t)
		return strings.Count(log, "]: connect from ") == strings.Count(log, "]: disconnect from ")
	})
	eventually(t, "empty queue", func() bool {
		n := 0
		for _, queue := range []string{"maildrop", "incoming", "active", "deferred"} {
			n += countFiles(t, filepath.Join(p.dir, "queue", queue))
		}
		return n == 0
	})
	// A process writes the log from datagrams, in their order. So when this mark is
	// in the log, everything before it is there too.
	const mark = "all is written"
	marks := strings.Count(p.readLog(t), mark)
	command(t, "/usr/sbin/postlog", "-c", p.dir, "-t", "integration", mark)
	eventually(t, "mark in the log", func() bool { return strings.Count(p.readLog(t), mark) > marks })
}

func (p *postfix) readLog(t *testing.T) string {
	t.Helper()
	log, err := os.ReadFile(p.log())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(log)
}

var (
	// smtpd names the message when its first recipient was accepted.
	begunLine = regexp.MustCompile(`postfix/(p[0-9]+)/smtpd\[\d+\]: (\w+): client=`)
	// The queue manager gets a message when it is complete and safe on disk.
	queuedLine = regexp.MustCompile(`/qmgr\[\d+\]: (\w+): from=<`)
)

// received counts, by nominal port, the messages that Postfix took, according to its log. Call
// settle first.
func (p *postfix) received(t *testing.T) map[int]int {
	t.Helper()
	port := map[string]int{} // by queue id
	counts := map[int]int{}
	lines := bufio.NewScanner(strings.NewReader(p.readLog(t)))
	for lines.Scan() {
		if m := begunLine.FindStringSubmatch(lines.Text()); m != nil {
			port[m[2]] = atoi(t, m[1][1:])
		} else if m := queuedLine.FindStringSubmatch(lines.Text()); m != nil {
			if _, ok := port[m[1]]; !ok {
				t.Errorf("postfix queued %s again, or from nowhere", m[1])
			}
			counts[port[m[1]]]++
			delete(port, m[1])
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return counts
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
