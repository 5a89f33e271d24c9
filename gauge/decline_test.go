package gauge_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A run that is not begun has a result and a file that say why.
func TestDeclinedRunSaysWhy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close() // so that nothing listens there
	s, err := scenarios.Parse("a.yaml", []byte("name: a\ntarget: {host: 127.0.0.1}\nflows: {relay: {port: "+port+", tls: none, load: {sessions: 1, messages: 1}}}\n"), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	result, err := gauge.Run(context.Background(), s, gauge.Options{File: &file})
	var faults check.Faults
	if !errors.As(err, &faults) || len(faults) != 1 || faults[0].ID != check.ConnectionRefused {
		t.Fatalf("error %v, want the fault that nothing listens", err)
	}
	if result == nil || !errors.Is(result.Err(), gauge.ErrFailed) {
		t.Fatalf("result %+v, want one that failed", result)
	}
	stored, err := record.ReadTotals(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if stored.Partial() || stored.Closing.NotLoaded == "" {
		t.Errorf("the file's end: %+v", stored.Closing)
	}
	f := result.Flow("relay")
	if v := result.Figures.Verdict; v.Word != criteria.Failed || v.Valid || len(v.Reasons) != 0 || len(v.Notes) != 0 {
		t.Errorf("verdict %+v, want FAILED and nothing about figures", v)
	}
	if f.Messages.Attempted != 0 || len(f.Errors) != 1 || f.Errors[0].Class != "refused" || f.Errors[0].Phase != "connect" || f.Errors[0].Count != 1 {
		t.Errorf("messages %+v, errors %+v", f.Messages, f.Errors)
	}
}
