//go:build browser

package render

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A browser is a headless Chromium, driven over the DevTools
// protocol: JSON ended by zero bytes, on file descriptors 3 and 4.
type browser struct {
	t       *testing.T
	to      io.Writer
	from    *bufio.Reader
	last    int
	session string
	events  []event // that came while something else was waited for
}

type event struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func startBrowser(t *testing.T) *browser {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--remote-debugging-pipe", "about:blank")
	commandsOut, commandsIn := pipe(t)
	answersOut, answersIn := pipe(t)
	cmd.ExtraFiles = []*os.File{commandsOut, answersIn}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	commandsOut.Close()
	answersIn.Close()
	b := &browser{t: t, to: commandsIn, from: bufio.NewReader(answersOut)}
	t.Cleanup(func() {
		// Asked to, it ends its helpers first, which would write to its
		// folder while that is removed.
		b.t, b.session = t, ""
		b.call("Browser.close", nil, nil)
		if err := cmd.Wait(); err != nil {
			t.Errorf("chromium: %v", err)
		}
		cancel()
		commandsIn.Close()
		answersOut.Close()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// call sends a command and waits for its answer.
func (b *browser) call(method string, params, answer any) {
	b.t.Helper()
	b.last++
	command := map[string]any{"id": b.last, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	text, err := json.Marshal(command)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		line, err := b.from.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var said struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
			event
		}
		if err := json.Unmarshal(line[:len(line)-1], &said); err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		if said.Method != "" {
			b.events = append(b.events, said.event)
		}
		if said.ID != b.last {
			continue
		}
		if said.Error != nil {
			b.t.Fatalf("%s: %s", method, said.Error.Message)
		}
		if answer != nil {
			if err := json.Unmarshal(said.Result, answer); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// eval runs a script in the page and reads its value, which may be a promise.
func (b *browser) eval(script string, value any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &answer)
	if x := answer.ExceptionDetails; x != nil {
		b.t.Fatalf("%s: %s %s", script, x.Text, x.Exception.Description)
	}
	if value != nil {
		if err := json.Unmarshal(answer.Result.Value, value); err != nil {
			b.t.Fatalf("%s: %v", script, err)
		}
	}
}

// open loads a page, in a window of a width and a colour scheme.
func (b *browser) open(url string, width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	// Two frames after the load everything is drawn that is going to be.
	const settled = `new Promise(done => {
		const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
		document.readyState === "complete" ? drawn() : addEventListener("load", drawn);
	})`
	for range 20 { // the first may still be of the page before
		var here string
		if b.eval(`location.href`, &here); here == url {
			break
		}
	}
	b.eval(settled, nil)
}

// picture keeps a screenshot of the whole page where SMTPGAUGE_PICTURES names
// a folder, for people to look at.
func (b *browser) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("SMTPGAUGE_PICTURES")
	if folder == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	b.keep(folder+"/"+name+".png", shot.Data)
}

// print makes a PDF of the page, kept like a picture, and returns its size.
func (b *browser) print(name string) int {
	b.t.Helper()
	var printed struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"printBackground": true, "preferCSSPageSize": true}, &printed)
	if folder := os.Getenv("SMTPGAUGE_PICTURES"); folder != "" {
		b.keep(folder+"/"+name+".pdf", printed.Data)
	}
	return base64.StdEncoding.DecodedLen(len(printed.Data))
}

func (b *browser) keep(file, data string) {
	b.t.Helper()
	content, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		err = os.WriteFile(file, content, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// complaints are what the page logged, threw, was refused or asked the network
// for since the last call.
func (b *browser) complaints(page string) []string {
	var list []string
	for _, e := range b.events {
		switch e.Method {
		case "Runtime.exceptionThrown":
			var thrown struct {
				ExceptionDetails struct{ Exception struct{ Description string } }
			}
			if err := json.Unmarshal(e.Params, &thrown); err != nil {
				b.t.Fatal(err)
			}
			list = append(list, thrown.ExceptionDetails.Exception.Description)
		case "Runtime.consoleAPICalled", "Log.entryAdded":
			list = append(list, fmt.Sprintf("%s: %s", e.Method, e.Params))
		case "Network.requestWillBeSent":
			var sent struct{ Request struct{ URL string } }
			if err := json.Unmarshal(e.Params, &sent); err != nil || sent.Request.URL != page {
				list = append(list, "request for "+sent.Request.URL)
			}
		}
	}
	b.events = nil
	return list
}
