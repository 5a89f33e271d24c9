package scenarios

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/smtpgauge/smtpgauge/scenarios/builtin"
)

var update = flag.Bool("update", false, "write schema.json, the tables of docs/scenario.md and the golden files")

func TestSchemaFile(t *testing.T) {
	golden(t, "schema.json", Schema())
}

// golden compares got with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code says (go test ./scenarios -update writes it); got\n%s", name, got)
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asJSON(t *testing.T, source []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(source, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaTakesWhatTheLoaderTakes(t *testing.T) {
	s := compiledSchema(t)
	for _, b := range Builtins() { // each has been loaded
		if err := s.Validate(asJSON(t, b.Source)); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
	sources := map[string][]byte{"starter.yaml": builtin.Starter(), "base.yaml": []byte(base), "layers.yaml": []byte(layers)}
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		if sources[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for name, source := range sources {
		if err := s.Validate(asJSON(t, source)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Parse(name, source, testOptions()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaRefusesWhatTheLoaderRefuses goes through every option of the table and
// gives it values that it does not accept.
func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	s := compiledSchema(t)
	for _, setting := range structural {
		path, value, _ := strings.Cut(setting, "=")
		t.Run(setting, func(t *testing.T) {
			if _, err := Parse("base.yaml", []byte(base), testOptions(setting)); err == nil {
				t.Error("the loader takes it")
			} else if !strings.Contains(err.Error(), "--set "+path+": ") {
				t.Errorf("the fault is elsewhere: %v", err)
			}
			doc := asJSON(t, []byte(base))
			assignAny(t, doc, strings.Split(path, "."), asJSON(t, []byte(value)))
			if err := s.Validate(doc); err == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

func assignAny(t *testing.T, doc any, steps []string, value any) {
	t.Helper()
	m, ok := doc.(map[string]any)
	if !ok {
		t.Fatalf("no mapping at %v", steps)
	}
	if len(steps) == 1 {
		m[steps[0]] = value
		return
	}
	if m[steps[0]] == nil {
		m[steps[0]] = map[string]any{}
	}
	assignAny(t, m[steps[0]], steps[1:], value)
}

// testOptions read the files of testdata, with an environment of one secret.
func testOptions(set ...string) LoadOptions {
	return LoadOptions{Set: set, FS: os.DirFS("testdata"), LookupEnv: func(name string) (string, bool) {
		return secretValue, name == "SMTP_PASSWORD"
	}}
}

const secretValue = "correct-horse-battery"

// base is a scenario with nothing wrong, for tests to change.
const base = `name: base
target: {host: 127.0.0.1}
defaults: {envelope: {from: bench@example.test, to: bench@example.test}}
abort: {when: errors > 90%}
flows:
  relay:
    port: 25
    load: {sessions: 2, duration: 1s}
  peak:
    port: 25
    load: {rate: 10 sessions/s, duration: 1s}
`

// structural are values that no option of that name can have.
var structural = []string{
	"name=[a]", "name=a/b", "name=12", "nmae=x", "description=[x]",
	"target=host", "target.host=[a]", "target.host='a b'", "target.host='mail.example.test:25'", "target.hots=a",
	"target.family=ipx", "target.lmtp=maybe", "target.source=127.0.0.1", "target.source=['not an address']",
	"target.tls=starttls", "target.tls.min_version=1.2", "target.tls.max_version='2.0'", "target.tls.curves=[P-42]",
	"target.tls.insecure='no'", "target.tls.resumption=1", "target.tls.ciphers=[weak]", "target.tls.trust=x",
	"defaults=[x]", "defaults.load.sessions=many", "defaults.prot=25",
	"flows=[x]", "flows={}", "flows.relay=x", "flows={'a.b': {port: 25}}",
	"flows.relay.port=0", "flows.relay.port=65536", "flows.relay.port='25'", "flows.relay.port=2.5", "flows.relay.tls=ssl",
	"flows.relay.load=fast", "flows.relay.load.sessions=0", "flows.relay.load.sessions=-1", "flows.relay.load.messages=1.5",
	"flows.relay.load.duration=10", "flows.relay.load.duration=10 s", "flows.relay.load.duration=1d", "flows.relay.load.ramp=[1s]",
	"flows.relay.load.sesions=1",
	"flows.peak.load.rate=100", "flows.peak.load.rate=100/s", "flows.peak.load.rate=100 mails/s", "flows.peak.load.rate=100 messages/day",
	"flows.peak.load.arrivals=random", "flows.peak.load.max_sessions=0", "flows.peak.load.stages={}", "flows.peak.load.stages=[]",
	"flows.peak.load.stages=[{rate: 5 messages/s}]", "flows.peak.load.stages=[{for: 5s, rate: 5}]", "flows.peak.load.stages=[{for: 5s, rat: 5 messages/s}]",
	"flows.relay.session.messages=-1", "flows.relay.session.think=1", "flows.relay.session.pipelining=true", "flows.relay.session.pipelining=yes",
	"flows.relay.session.bdat=on", "flows.relay.session.chunk_size=1024", "flows.relay.session.hello='a b'", "flows.relay.session.helo=a",
	"flows.relay.message.size=4096", "flows.relay.message.size=4 kb", "flows.relay.message.size=4kib", "flows.relay.message.size={median: 4}",
	"flows.relay.message.size={mean: 4KiB}", "flows.relay.message.attachments={}", "flows.relay.message.attachments=[{size: 3}]",
	"flows.relay.message.attachments=[{size: 3B, type: pdf}]", "flows.relay.message.header=[a]", "flows.relay.message.header={'a b': c}",
	"flows.relay.message.header={a: 1}", "flows.relay.message.utf8=1", "flows.relay.message.file=[a]",
	"flows.relay.envelope.from=[a@example.test]", "flows.relay.envelope.to={}", "flows.relay.envelope.to=[]", "flows.relay.envelope.to=[1]",
	"flows.relay.envelope.recipients=0", "flows.relay.envelope.rcpt=a", "flows.relay.envelope.csv=1",
	"flows.relay.auth=PLAIN", "flows.relay.auth.mechanism=plain", "flows.relay.auth.password=1234", "flows.relay.auth.username=[a]",
	"flows.relay.auth.pasword=x", "flows.relay.auth.accounts=true",
	"flows.relay.timeouts.connect=5", "flows.relay.timeouts.conect=5s", "flows.relay.timeouts=5s",
	"schedule=in-turn", "schedule.flows=serial", "schedule.rounds=0", "schedule.round=1",
	"baseline=[relay]", "warmup=2", "thresholds=relay.errors < 1%", "thresholds=[1]", "thresholds=['relay errors low']",
	"seed=-1", "seed=abc", "allow_domains=corp.com", "allow_domains=['not a domain']",
}

func TestEveryOptionIsDocumented(t *testing.T) {
	g := &generator{}
	scenarioShape.describe(g)
	seen := 0
	for _, def := range g.defs {
		for _, p := range def.Schema.Properties {
			seen++
			if doc := p.Schema.Description; !strings.HasSuffix(doc, ".") {
				t.Errorf("%s.%s: no sentence says what it means: %q", def.Name, p.Name, doc)
			}
		}
	}
	if seen < 60 {
		t.Errorf("the table has %d options, which cannot be all", seen)
	}
}
