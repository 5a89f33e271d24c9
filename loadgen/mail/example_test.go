package mail_test

import (
	"fmt"
	"log"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

func ExampleSource() {
	source, err := mail.New(mail.Options{
		From: "s{seq}@example.org",
		To:   []string{"user{1..1}@example.test"},
		Size: mail.Size{Median: 2048},
	})
	if err != nil {
		log.Fatal(err) // one *mail.OptionError for each option that is wrong
	}
	var t smtpwire.Transaction
	for seq := range uint64(2) {
		source.Render(seq, time.Unix(0, 0), &t)
		fmt.Printf("%s to %s: %d octets\n", t.From, t.To[0], t.Size)
	}
	// Output:
	// s0@example.org to user1@example.test: 2048 octets
	// s1@example.org to user1@example.test: 2048 octets
}
