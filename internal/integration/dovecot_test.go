//go:build integration && linux

package integration

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// The sender and the recipients of mail.
const (
	account   = "bench@example.test"
	second    = "second@example.test" // the other recipient
	password  = "correct horse battery staple"
	mailOwner = "nobody" // the user that Dovecot delivers as
)

// A dovecot answers AUTH for Postfix and takes mail by LMTP.
type dovecot struct {
	*daemon
	dir        string
	authSocket string
	lmtpSocket string
}

// startDovecot starts Dovecot with the two recipients as its only accounts.
func startDovecot(t *testing.T) *dovecot {
	t.Helper()
	const path = "/usr/sbin/dovecot"
	dir := serverDir(t)
	d := &dovecot{
		dir:        dir,
		authSocket: filepath.Join(dir, "auth"),
		lmtpSocket: filepath.Join(dir, "lmtp"),
	}
	owner, err := user.Lookup(mailOwner)
	if err != nil {
		t.Fatal(err)
	}
	passwd := ""
	for _, name := range []string{account, second} {
		passwd += fmt.Sprintf("%s:{PLAIN}%s:%s:%s::%s::\n", name, password, owner.Uid, owner.Gid, dir)
	}
	writeFile(t, filepath.Join(dir, "passwd"), passwd)
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "mail"), 0o777); err != nil { // whatever the umask
		t.Fatal(err)
	}
	config := filepath.Join(dir, "dovecot.conf")
	render(t, "dovecot.conf", config, struct {
		Dir, AuthSocket, LMTPSocket string
		Since24                     bool // version 2.4 has other names for many settings
	}{dir, d.authSocket, d.lmtpSocket, !strings.HasPrefix(command(t, path, "--version"), "2.3.")})

	logOnFailure(t, filepath.Join(dir, "dovecot.log"))
	d.daemon = startDaemon(t, path, "-F", "-c", config)
	d.awaitListener(t, "unix", d.authSocket)
	d.awaitListener(t, "unix", d.lmtpSocket)
	return d
}

// delivered counts the messages in an account's mailbox.
func (d *dovecot) delivered(t *testing.T, name string) int {
	t.Helper()
	return countFiles(t, filepath.Join(d.dir, "mail", name, "new"))
}

// countFiles counts the files in a folder and below it. Files that vanish meanwhile are not
// counted.
func countFiles(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
