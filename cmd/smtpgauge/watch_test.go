package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Who watches a run gets its course, and at the end the verdict and the finished page.
func TestWatchedRun(t *testing.T) {
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	stderr, messages := io.Pipe()
	s := newStreams(strings.NewReader(""), io.Discard, messages)
	s.freeCores = unknownCores
	root := newRoot(s)
	root.SetArgs([]string{"quick", fmt.Sprintf("127.0.0.1:%d", sink.Addrs()[0].(*net.TCPAddr).Port), "--tls", "none", "--sessions", "1", "--for", "2s",
		"--watch", ":0", "--quiet", "-o", filepath.Join(t.TempDir(), "run.jsonl")})
	ended := make(chan error, 1)
	go func() {
		ended <- root.ExecuteContext(t.Context())
		s.err.Flush()
		messages.Close()
	}()

	lines := bufio.NewScanner(stderr)
	url := ""
	for url == "" && lines.Scan() {
		url, _ = strings.CutPrefix(lines.Text(), "live page: ")
		if !strings.HasPrefix(url, "http") {
			url = ""
		}
	}
	go io.Copy(io.Discard, stderr) // the rest
	response, err := http.Get(url + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	events := bufio.NewReader(response.Body)
	name, seen := "", map[string]int{}
	var end struct{ Word, Page, Note string }
	for {
		line, err := events.ReadString('\n')
		if err != nil {
			break
		}
		if event, ok := strings.CutPrefix(line, "event: "); ok {
			name = strings.TrimSpace(event)
			seen[name]++
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && name == "end" {
			if err := json.Unmarshal([]byte(data), &end); err != nil {
				t.Fatal(err)
			}
		}
	}
	if seen["course"] != 1 || seen["second"] == 0 || seen["end"] != 1 {
		t.Errorf("events: %v", seen)
	}
	if !strings.Contains(end.Page, "<!doctype html>") || !strings.Contains(end.Note, "run.jsonl") {
		t.Errorf("the end: %s, %s, a page of %d octets", end.Word, end.Note, len(end.Page))
	}
	// The word is that of the command, whatever this machine lets it be.
	if err := <-ended; (err == nil) != (end.Word == string(criteria.Pass)) {
		t.Errorf("%q of %v", end.Word, err)
	}
}

func TestErrorsHaveAWord(t *testing.T) {
	for want, err := range map[criteria.Word]error{
		criteria.Failed: errors.New("no such host"), criteria.Undecided: gauge.ErrInterrupted, criteria.Invalid: gauge.ErrInvalid,
	} {
		if got := conclusionOf(err); got.Word != want {
			t.Errorf("%v is %s, want %s", err, got.Word, want)
		}
	}
	if got := conclusionOf(errors.Join(gauge.ErrInvalid, gauge.ErrFailed)).Word; got != criteria.Failed {
		t.Errorf("runs of which one failed and one is invalid: %s", got)
	}
}

// What was judged has the word of the comparison, whatever the command's error.
func TestTurnsEndWithTheirVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		end  ending
		want string
	}{
		"judged":     {ending{verdict: &criteria.Conclusion{Word: criteria.Undecided, Reason: "too few rounds to tell"}}, "too few rounds to tell"},
		"not judged": {ending{}, "it was the server"},
	} {
		page, err := serveLivePage(":0", "turns", io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Get(page.server.URL() + "events")
		if err != nil {
			t.Fatal(err)
		}
		(&alternation{page: page}).endPage(errors.New("it was the server"), test.end)
		events, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(string(events), test.want) {
			t.Errorf("%s: %v in %s", name, err, events)
		}
	}
}
