package scenarios

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

func TestTables(t *testing.T) {
	const accounts = "username,password\r\nada,\"o,\"\"ne\"\r\ngrace,two\r\n"
	for name, text := range map[string]string{
		"plain":          accounts,
		"UTF-8 mark":     "\xef\xbb\xbf" + accounts,
		"UTF-16":         utf16(accounts),
		"LF":             strings.ReplaceAll(accounts, "\r\n", "\n"),
		"CR":             strings.ReplaceAll(accounts, "\r\n", "\r"),
		"CR CR LF":       strings.ReplaceAll(accounts, "\r\n", "\r\r\n"),
		"no last end":    strings.TrimSuffix(accounts, "\r\n"),
		"a space behind": strings.Replace(accounts, "username,", "username, ", 1),
		"empty lines":    strings.ReplaceAll(accounts, "\r\n", "\r\n\r\n"),
	} {
		s, err := Parse("s.yaml", withFile("auth: {accounts: a.csv}\n    tls: starttls"), LoadOptions{FS: fstest.MapFS{"a.csv": {Data: []byte(text)}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := s.Plan().Flows[0].Session.Accounts
		if len(got) != 2 || got[0].Username != "ada" || got[0].Password != `o,"ne` || got[1].Password != "two" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTableFaults(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":         {"", "a.csv:1:1: the file is empty: want a CSV file"},
		"only marks":    {"\xff\xfe", "a.csv:1:1: the file is empty"},
		"no rows":       {"username,password\n", "a.csv:1:1: the table has a header row and nothing below it"},
		"no header":     {"ada,one\ngrace,two\n", "a.csv:1:1: want a header row with the columns username and password"},
		"semicolons":    {"username;password\nada;one\n", "a.csv:1:1: semicolons stand between the columns: want commas"},
		"tabs":          {"username\tpassword\nada\tone\n", "a.csv:1:1: tabs stand between the columns: want commas"},
		"NUL":           {"username,password\nada,o\x00ne\n", "a.csv:2:6: control character U+0000"},
		"latin 1":       {"username,password\nada,caf\xe9\n", "a.csv:2:8: the text is not UTF-8"},
		"too few":       {"username,password\nada\ngrace,two\nbob,x,y\n", "a.csv:2:1: this row has 1 cell, and the header row 2\na.csv:4:1: this row has 3 cells, and the header row 2"},
		"no secret":     {"username,password\nada,one\ngrace,\n", "a.csv:3:1: username or password is empty"},
		"quote":         {"username,password\nada,o\"ne\n", "a.csv:2:6: not CSV: bare \""},
		"quote, header": {"username,pass\"word\nada,one\n", "a.csv:1:14: not CSV: bare \""},
		"open quote":    {"username,password\nada,\"one\n", "a.csv:2:10: not CSV: extraneous or missing \""},
		"excel":         {"PK\x03\x04", "s.yaml:9:22: a.csv: is a ZIP archive"},
	} {
		got := faultOf(t, "auth: {accounts: a.csv}\n    tls: starttls", map[string]string{"a.csv": test.text})
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: want %q: %s", name, test.want, got)
		}
		if strings.Contains(got, "one") {
			t.Errorf("%s: what may be a password is shown: %s", name, got)
		}
	}
}

// FuzzTable reads any text as accounts, and as the table of an envelope.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"username,password\nada,one\n", "\xef\xbb\xbfusername,password,address\r\n\"a\"\"\",b,c@x.test\r\n",
		utf16("username,password\nada,one\n"), "username;password\na;b\n", "a,a\n", "username,password\n\"", "address\rx@y.test\r",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := LoadOptions{FS: fstest.MapFS{"a.csv": {Data: data}}}
		for _, part := range []string{"auth: {accounts: a.csv}\n    tls: starttls", `envelope: {csv: a.csv, to: "{address}"}`} {
			s, err := Parse("s.yaml", withFile(part), o)
			var faults tree.Faults
			if err != nil && (!errors.As(err, &faults) || len(faults) == 0) {
				t.Fatalf("not faults: %v", err)
			}
			if err != nil {
				continue
			}
			for _, a := range s.Plan().Flows[0].Session.Accounts {
				if a.Username == "" || a.Password == "" || strings.ContainsRune(a.Username+a.Password, 0) {
					t.Fatalf("an account of %+v", a)
				}
			}
		}
	})
}
