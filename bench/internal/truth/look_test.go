//go:build linux

package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/bench/internal/truth/wire"
)

// captured writes a capture of a connection that is greeted, sends one command
// and gets a reply; a step every 100 µs.
func captured(t *testing.T) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "run.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := wire.NewWriter(file)
	if err != nil {
		t.Fatal(err)
	}
	const client, server, syn, ack = 40000, 2525, 2, 16
	for n, s := range []struct {
		from, to uint16
		seq      uint32
		flags    byte
		text     string
	}{
		{client, server, 0, syn, ""},
		{server, client, 0, syn | ack, ""},
		{server, client, 1, ack, "220 hi\r\n"},
		{client, server, 1, ack, "EHLO x\r\n"},
		{server, client, 9, ack, "250 x\r\n"},
	} {
		f := frame(s.from, s.to, s.flags, s.text)
		binary.BigEndian.PutUint32(f[14+24+4:], s.seq)
		if err := w.Write(wire.Time(1e18+n*100_000), f, len(f)); err != nil {
			t.Fatal(err)
		}
	}
	return file.Name()
}

func TestLookAtTheWire(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"wire", "-port", "2525", captured(t)}, &out); err != nil {
		t.Fatal(err)
	}
	var seen struct {
		Phases      map[wire.Phase]wire.Distribution
		Connections int
	}
	if err := json.Unmarshal([]byte(out.String()), &seen); err != nil {
		t.Fatal(err)
	}
	if got := seen.Phases[wire.EHLO]; seen.Connections != 1 || got.Count != 1 || got.P50 != 100_000 {
		t.Errorf("%s", out.String())
	}
}

func TestCompareACapture(t *testing.T) {
	capture := captured(t)
	for text, missed := range map[string]string{
		`{"flows": {"truth": {"phases": {"connect": {"count": 1}, "banner": {"count": 1}, "ehlo": {"count": 1}}}}}`: "",
		`{"flows": {"truth": {"phases": {"connect": {"count": 1}, "banner": {"count": 1}, "ehlo": {"count": 2}}}}}`: "1 phases are not ok",
		`{"flows": {}}`: "no flow truth",
		`{`:             "result of smtpgauge",
	} {
		result := filepath.Join(t.TempDir(), "result.json")
		if err := os.WriteFile(result, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), []string{"compare", "-port", "2525", capture, result}, io.Discard)
		if missed == "" && err != nil || missed != "" && (err == nil || !strings.Contains(err.Error(), missed)) {
			t.Errorf("%s: %v, want %q", text, err, missed)
		}
	}
}

func TestLookRefuses(t *testing.T) {
	capture := captured(t)
	for want, args := range map[string][]string{
		"want -port and 1 files": {"wire", capture},
		"want -port and 2 files": {"compare", "-port", "25", capture},
		"port 70000":             {"wire", "-port", "70000", capture},
		"no such file":           {"wire", "-port", "25", capture + ".gone"},
		"unknown TLS mode":       {"wire", "-port", "25", "-tls", "ssl", capture},
		"capture needs -port":    {"capture", "-o", "x.pcap"},
		`no check "tls"`:         {"-only", "tls"},
	} {
		if err := run(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
