package loadgen_test

import (
	"context"
	"fmt"
	"log"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An outcomeCount counts messages by their outcome. It needs no other method,
// since it embeds sample.Nothing.
type outcomeCount struct {
	sample.Nothing
	messages map[sample.Outcome]int
}

func (c outcomeCount) Message(_ sample.Series, o sample.Outcome, _ sample.Stage, _, _ int) {
	c.messages[o]++
}

// Send a hundred messages over four sessions to a server on this machine.
func ExampleEngine() {
	server, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = server.Close() }()

	plan := &loadgen.Plan{Flows: []loadgen.Flow{{
		Name:   "relay",
		Target: loadgen.Target{Network: "tcp", Host: "127.0.0.1", Dial: server.Addrs()[0].String()},
		Load:   loadgen.Load{Sessions: 4, Messages: 100},
		Mail:   mail.Options{From: "s@example.org", To: []string{"user{1..50}@example.test"}},
	}}}
	count := outcomeCount{messages: map[sample.Outcome]int{}}
	engine, err := loadgen.New(plan, func(shard int) sample.Recorder { return count }, loadgen.Options{})
	if err != nil {
		log.Fatal(err)
	}
	report, err := engine.Run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count.messages[sample.Accepted], "messages accepted, interrupted:", report.Interrupted)
	// Output: 100 messages accepted, interrupted: false
}
