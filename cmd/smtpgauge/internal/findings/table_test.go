package findings

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/gauge/check"
)

// sample is a report with a finding of each grade.
func sample() *check.Report {
	long := strings.Repeat("word ", 40) + strings.Repeat("ü", 100)
	return check.NewReport([]check.Finding{
		{ID: check.Banner, Grade: check.OK, Target: "mail.example.test:25", Says: long},
		{ID: check.OpenRelay, Grade: check.Warning, Target: "mail.example.test:25", Says: "it relays", Do: long},
		{ID: check.CertificateExpired, Grade: check.Error, Target: "mail.example.test:465", Says: "it expired on 2026-01-02", Do: "renew it"},
		{ID: check.OwnClock, Grade: check.Note, Target: check.ThisMachine, Says: "not synchronised"},
	})
}

func TestTable(t *testing.T) {
	for _, all := range []bool{false, true} {
		var b strings.Builder
		if err := Write(&b, sample(), Options{Format: "table", All: all}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		const answer = "FAILED: mail.example.test:465: it expired on 2026-01-02 (1 error, 1 warning)"
		if lines[0] != answer || lines[len(lines)-1] != answer {
			t.Errorf("begins with %q and ends with %q, want the answer twice", lines[0], lines[len(lines)-1])
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		if whole := strings.Count(b.String(), "ü") == 200; whole != all {
			t.Errorf("all is %v, and what is ok is whole: %v\n%s", all, whole, b.String())
		}
	}
}

func TestVerdict(t *testing.T) {
	for want, grades := range map[string][]check.Grade{
		"PASS: no error":             {check.OK, check.Note},
		"PASS: no error, 2 warnings": {check.Warning, check.Warning},
		"FAILED: x: b (1 error)":     {check.OK, check.Error},
	} {
		var all []check.Finding
		for i, g := range grades {
			all = append(all, check.Finding{ID: check.LoginRefused, Grade: g, Target: "x", Says: string(rune('a' + i))})
		}
		if got := Verdict(check.NewReport(all)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Verdict(check.NewReport(nil)); got != "PASS: no error" {
		t.Errorf("%q of nothing", got)
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, sample(), Options{Format: "json"}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format   string
		Findings []map[string]string
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "smtpgauge.check/1" || len(got.Findings) != 4 || got.Findings[0]["id"] != "open-relay" || got.Findings[0]["grade"] != "warning" || len(got.Findings[0]) != 5 {
		t.Errorf("%+v", got)
	}
}
