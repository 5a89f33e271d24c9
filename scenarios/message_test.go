package scenarios

import (
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestMessages(t *testing.T) {
	o := LoadOptions{FS: fstest.MapFS{
		"s/accounts.csv": {Data: []byte("\ufeffidentity,username,password\nchief,ada,one\n,grace,\"two\nlines\"\n")},
		"s/people.csv":   {Data: []byte("first,domain\nada,a.test\ngrace,b.example\n")},
		"s/logo.png":     {Data: []byte("PNG")},
		"s/mails/a.eml":  {Data: []byte("Subject: a\r\n\r\nHello\r\n")},
		"s/mails/b.eml":  {Data: []byte("Subject: b\n\nHello\n")},
	}}
	const source = `name: mail
target: {host: sink}
defaults: {load: {sessions: 1, duration: 1s}, port: 25}
flows:
  synthetic:
    message:
      size: {median: 20KiB, p99: 100KiB}
      attachments: [{file: logo.png}, {size: 1KB, name: a.bin, type: application/pdf}]
      header: {X-Test: "yes", List-Id: <l.example.test>}
      utf8: true
    envelope: {csv: people.csv, from: "{first}@{domain}", to: ["{first}{seq}@example.test", "u{1..9}@example.test"], recipients: 3}
  stored: {message: {file: mails}}
  pool: {auth: {accounts: accounts.csv}}
  bdat: {session: {bdat: true, chunk_size: 8KiB, pipelining: off, hello: mx.example.test}}
`
	s, err := Parse("s/mail.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	m := p.Flows[0].Mail
	equal(t, "size", m.Size, mail.Size{Median: 20480, P99: 102400})
	equal(t, "attachments", m.Attach, []mail.Attachment{
		{Name: "logo.png", Type: "image/png", Size: 3, Data: []byte("PNG")},
		{Name: "a.bin", Type: "application/pdf", Size: 1000},
	})
	equal(t, "header", m.Header, map[string]string{"X-Test": "yes", "List-Id": "<l.example.test>"})
	equal(t, "utf8", m.UTF8, true)
	equal(t, "columns", m.Columns, &mail.Table{Columns: []string{"first", "domain"}, Rows: [][]string{{"ada", "a.test"}, {"grace", "b.example"}}})
	equal(t, "recipients", m.Recipients, 3)
	equal(t, "to", len(m.To), 2)
	equal(t, "files", len(p.Flows[1].Mail.Files), 2)
	accounts := p.Flows[2].Session.Accounts
	equal(t, "accounts", []string{accounts[0].Identity, accounts[0].Username, accounts[0].Password, accounts[1].Username, accounts[1].Password},
		[]string{"chief", "ada", "one", "grace", "two\nlines"})
	w := p.Flows[3].Session.Wire
	if !w.BDAT || w.ChunkSize != 8192 || w.Name != "mx.example.test" || w.Pipelining != sample.Off {
		t.Errorf("bdat: %+v", w)
	}
}
